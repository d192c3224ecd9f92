# rejected by: question_1 | says: still open
quiz_dropout = {1: None, 2: None, 3: None, 4: None, 5: None, 6: None, 7: None, 8: None}
