# rejected by: 3. How do p = 0.5 and p = 0 compare in computing time for one training step here? | says: The units are still there, as zeros, and a matrix product
quiz_dropout = {1: "b", 2: "c", 3: "a", 4: "c", 5: "a", 6: "c", 7: "b", 8: "c"}
