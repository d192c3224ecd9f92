# rejected by: question_1 | says: still open
quiz_concise = dict.fromkeys(range(1, 13))
