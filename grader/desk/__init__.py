"""What an instructor does before and after grading: collect, report, export, hand on."""
