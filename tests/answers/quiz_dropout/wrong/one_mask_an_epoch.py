# rejected by: 4. When is a new mask drawn? | says: Within the epoch the remaining units could again rely on
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "b", 5: "a", 6: "c", 7: "b", 8: "c"}
