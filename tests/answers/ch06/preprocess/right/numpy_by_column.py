def preprocess(train_data, test_data):
    train_columns, test_columns = [], []
    for name in test_data.columns[1:]:
        a, b = train_data[name], test_data[name]
        if pd.api.types.is_numeric_dtype(a):
            mean, std = a.mean(), a.std()
            std = std if std > 0 else 1
            train_columns.append(((a - mean) / std).fillna(0).to_numpy(float))
            test_columns.append(((b - mean) / std).fillna(0).to_numpy(float))
            continue
        words = sorted(set(a.dropna()) | set(b.dropna()))
        for word in words:
            train_columns.append((a == word).fillna(False).to_numpy(float))
            test_columns.append((b == word).fillna(False).to_numpy(float))
        train_columns.append(a.isna().to_numpy(float))
        test_columns.append(b.isna().to_numpy(float))
    X, Z = (torch.tensor(np.stack(c, 1), dtype=torch.float32) for c in (train_columns, test_columns))
    y = torch.tensor(train_data.SalePrice.values, dtype=torch.float32).unsqueeze(1)
    return X, Z, y
