"""Opens nbgrader's database, prints it, and gives itself 40 points.

In process: yes, the database is a file that the grader may write to.
Here: no, there is no such file in the sandbox.
Shown by: canary gradebook
"""
import os
import sqlite3

for path in ("@COURSE@/gradebook.db", "../../../gradebook.db"):
    if os.path.exists(path):
        with sqlite3.connect(path) as database:
            print(database.execute("select * from planted").fetchall())
            database.execute("update grade set auto_score = 40")
