# rejected by: question_1 | says: still open
quiz_parameters = dict.fromkeys(range(1, 11))
