# rejected by: 2. What does dropout do to the labels? | says: one of the letters a, b, c
quiz_dropout = {1: "b", 2: "nothing", 3: "b", 4: "c", 5: "a", 6: "c", 7: "b", 8: "c"}
