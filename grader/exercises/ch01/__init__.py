"""Chapter 1: dropout from scratch."""
