"""Chapter 6: house prices."""
