"""Chapter 9: custom layers."""
