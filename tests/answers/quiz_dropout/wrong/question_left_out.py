# rejected by: 6. In our layer, what has to be done to the weights for testing? | says: no answer yet
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c", 5: "a", 7: "b", 8: "c"}
