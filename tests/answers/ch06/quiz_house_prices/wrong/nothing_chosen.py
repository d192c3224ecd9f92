# rejected by: question_1 | says: still open
quiz_house_prices = dict.fromkeys(range(1, 13))
