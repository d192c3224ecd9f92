quiz_weight_decay = {1: "b", 2: "c", 3: "c", 4: "b", 5: "b", 6: "b", 7: "c", 8: "a", 9: "b", 10: "b"}
