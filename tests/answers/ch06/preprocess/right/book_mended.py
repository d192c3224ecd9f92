def preprocess(train_data, test_data):
    all_features = pd.concat((train_data.iloc[:, 1:-1], test_data.iloc[:, 1:]))
    n_train = train_data.shape[0]
    numeric = [c for c in all_features if pd.api.types.is_numeric_dtype(all_features[c])]
    seen = all_features.iloc[:n_train][numeric]
    all_features[numeric] = (all_features[numeric] - seen.mean()) / seen.std().replace(0, 1)
    all_features[numeric] = all_features[numeric].fillna(0)
    all_features = pd.get_dummies(all_features, dummy_na=True).astype("float32")
    train_features = torch.tensor(all_features[:n_train].values, dtype=torch.float32)
    test_features = torch.tensor(all_features[n_train:].values, dtype=torch.float32)
    train_labels = torch.tensor(train_data.SalePrice.values.reshape(-1, 1), dtype=torch.float32)
    return train_features, test_features, train_labels
