"""Chapter 7: layers and blocks."""
