"""Writing a course: from a chapter's text to notebooks."""
