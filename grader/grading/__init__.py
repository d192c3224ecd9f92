"""From what students handed in to grades: reading, running, judging, recording, feedback. Alone knows nbgrader."""
