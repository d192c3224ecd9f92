"""Chapter 2: dropout the concise way."""
