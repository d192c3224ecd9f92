# rejected by: question_1 | says: `quiz_dropout` is a list
quiz_dropout = ["b", "c", "b", "c", "a", "c", "b", "c"]
