# rejected by: 3. How do p = 0.5 and p = 0 compare in computing time for one training step here? | says: one of the letters a, b, c
quiz_dropout = {1: "b", 2: "c", 3: "e", 4: "c", 5: "a", 6: "c", 7: "b", 8: "c"}
