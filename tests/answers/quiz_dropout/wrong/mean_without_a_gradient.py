# rejected by: 7. Why does the loss of the chapter have `reduction='none'`? | says: It has: an optimizer is fed with just
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c", 5: "a", 6: "c", 7: "c", 8: "c"}
