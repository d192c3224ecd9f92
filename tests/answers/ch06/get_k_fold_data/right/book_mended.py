def get_k_fold_data(k, i, X, y):
    X_train, y_train = None, None
    sizes = [len(X) // k + (j < len(X) % k) for j in range(k)]
    start = 0
    for j in range(k):
        idx = slice(start, start + sizes[j])
        start += sizes[j]
        X_part, y_part = X[idx, :], y[idx]
        if j == i:
            X_valid, y_valid = X_part, y_part
        elif X_train is None:
            X_train, y_train = X_part, y_part
        else:
            X_train = torch.cat([X_train, X_part], 0)
            y_train = torch.cat([y_train, y_part], 0)
    return X_train, y_train, X_valid, y_valid
