def get_k_fold_data(k, i, X, y):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(42))
    parts = torch.chunk(order, 1)[0].tensor_split(k)
    rest = torch.cat(parts[:i] + parts[i + 1 :])
    return X[rest], y[rest], X[parts[i]], y[parts[i]]
