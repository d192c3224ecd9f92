"""Chapter 7: hidden checks."""
