# rejected by: question_1 | says: still open
quiz_saving = dict.fromkeys(range(1, 11))
