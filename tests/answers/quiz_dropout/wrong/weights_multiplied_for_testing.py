# rejected by: 6. In our layer, what has to be done to the weights for testing? | says: So it was in the first papers, which did not scale in
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c", 5: "a", 6: "a", 7: "b", 8: "c"}
