# rejected by: question_1 | says: still open
quiz_blocks = dict.fromkeys(range(1, 11))
