# rejected by: 1. A hidden unit h goes through dropout with rate p. What stays as it was? | says: `quiz_dropout` is a list
quiz_dropout = ["b", "c", "b", "c", "a", "c", "b", "c"]
