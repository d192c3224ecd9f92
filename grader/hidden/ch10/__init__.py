"""Chapter 10: saving and loading."""
