# rejected by: 7. Why does the loss of the chapter have `reduction='none'`? | says: The loss has one number an example; hidden units have none
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c", 5: "a", 6: "c", 7: "a", 8: "c"}
