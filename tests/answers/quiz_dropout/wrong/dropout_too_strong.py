# rejected by: 8. Train accuracy is 0.87 in train mode, test accuracy 0.87 in eval mode. What follows? | says: Equal numbers are no sign of harm; they are just no fair
quiz_dropout = {1: "b", 2: "c", 3: "b", 4: "c", 5: "a", 6: "c", 7: "b", 8: "b"}
