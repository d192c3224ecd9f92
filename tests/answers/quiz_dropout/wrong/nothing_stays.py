# rejected by: 1. A hidden unit h goes through dropout with rate p. What stays as it was? | says: Work out (1 - p) · h / (1 - p): this is what the scale is
quiz_dropout = {1: "d", 2: "c", 3: "b", 4: "c", 5: "a", 6: "c", 7: "b", 8: "c"}
