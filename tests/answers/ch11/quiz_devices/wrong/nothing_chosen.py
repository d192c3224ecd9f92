# rejected by: question_1 | says: still open
quiz_devices = dict.fromkeys(range(1, 11))
