quiz_dropout = {1: "B", 2: "C", 3: "B", 4: "C", 5: "A", 6: "C", 7: "B", 8: "C"}
