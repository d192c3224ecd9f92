def is_symmetric(W1, b1, W2):
    same = (W1.T[:, None] == W1.T[None]).all(-1)
    same &= b1[:, None] == b1[None]
    same &= (W2[:, None] == W2[None]).all(-1)
    return same.sum() > len(b1)
