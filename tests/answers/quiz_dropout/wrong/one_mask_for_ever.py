# rejected by: 4. When is a new mask drawn? | says: Then the dropped units would be gone for good: it would be
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "a", 5: "a", 6: "c", 7: "b", 8: "c"}
