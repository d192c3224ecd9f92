def is_symmetric(W1, b1, W2):
    units = list(zip(map(tuple, W1.T.tolist()), b1.tolist(), map(tuple, W2.tolist())))
    return len(set(units)) != len(units)
