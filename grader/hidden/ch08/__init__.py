"""Chapter 8: parameters."""
