"""Chapter 4: weight decay."""
