quiz_weight_decay = {1: "B", 2: "C", 3: "C", 4: "B", 5: "B", 6: "B", 7: "C", 8: "A", 9: "B", 10: "B"}
