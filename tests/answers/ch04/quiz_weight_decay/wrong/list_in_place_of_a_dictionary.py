# rejected by: question_1 | says: a dict of numbers and letters
quiz_weight_decay = ['b', 'c', 'c', 'b', 'b', 'b', 'c', 'a', 'b', 'b']
