def is_symmetric(W1, b1, W2):
    n = len(b1)
    for i in range(n):
        for j in range(i + 1, n):
            if torch.equal(W1[:, i], W1[:, j]) and b1[i] == b1[j] and torch.equal(W2[i], W2[j]):
                return True
    return False
