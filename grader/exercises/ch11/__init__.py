"""Chapter 11: devices, and the capstone."""
