# rejected by: question_1 | says: still open
quiz_layers = dict.fromkeys(range(1, 11))
