# rejected by: 1. A hidden unit h goes through dropout with rate p. What stays as it was? | says: no answer yet
quiz_dropout = ["b", "c", "b", "c", "a", "c", "b", "c"]
