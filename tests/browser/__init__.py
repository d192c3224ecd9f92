"""What a browser does with what a submission shows."""
