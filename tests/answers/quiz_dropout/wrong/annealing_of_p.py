# rejected by: 5. A colleague says: dropout is like annealing, it perturbs the solution less and less until the global optimum is found. What is right? | says: p is a
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c", 5: "c", 6: "c", 7: "b", 8: "c"}
