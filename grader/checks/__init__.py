"""What a check is, decides and says. Knows nothing of files, folders and databases."""
