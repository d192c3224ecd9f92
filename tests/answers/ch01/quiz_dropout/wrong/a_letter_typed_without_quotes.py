# rejected by: question_1 | says: `quiz_dropout` is not defined
quiz_dropout = {1: b, 2: "c", 3: "b", 4: "c", 5: "a", 6: "c", 7: "b", 8: "c"}
