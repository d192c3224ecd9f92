"""Scripts that make the stored results which the chapters show."""
