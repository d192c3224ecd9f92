# rejected by: 2. What does dropout do to the labels? | says: That would be label noise, another
quiz_dropout = {1: "b", 2: "a", 3: "b", 4: "c", 5: "a", 6: "c", 7: "b", 8: "c"}
