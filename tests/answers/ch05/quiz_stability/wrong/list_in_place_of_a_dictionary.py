# rejected by: question_1 | says: a dict of numbers and letters
quiz_stability = ['b', 'c', 'a', 'c', 'b', 'b', 'a', 'b', 'c', 'b']
