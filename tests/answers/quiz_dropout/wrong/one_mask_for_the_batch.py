# rejected by: 4. When is a new mask drawn? | says: The mask has the shape of the batch of activations: each
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "d", 5: "a", 6: "c", 7: "b", 8: "c"}
