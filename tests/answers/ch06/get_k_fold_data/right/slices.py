def get_k_fold_data(k, i, X, y):
    n = X.shape[0]
    a, b = i * n // k, (i + 1) * n // k
    X_train = torch.cat([X[:a], X[b:]], 0)
    y_train = torch.cat([y[:a], y[b:]], 0)
    return X_train, y_train, X[a:b], y[a:b]
