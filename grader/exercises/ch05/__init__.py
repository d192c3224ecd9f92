"""Chapter 5: backpropagation, numerical stability, initialisation."""
