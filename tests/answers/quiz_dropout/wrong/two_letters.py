# rejected by: 4. When is a new mask drawn? | says: one of the letters a, b, c, d
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c, d", 5: "a", 6: "c", 7: "b", 8: "c"}
