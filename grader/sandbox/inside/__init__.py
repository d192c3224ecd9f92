"""What runs beside a student's code. Imports nothing of `grader` but this folder and `grader.wire`."""
