quiz_house_prices = dict(enumerate("cbacbccaca", start=1))
