"""Chapter 3: dropout experiments."""
