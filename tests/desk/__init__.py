"""What an instructor does before and after grading."""
