def preprocess(train_data, test_data):
    labels = torch.from_numpy(train_data[["SalePrice"]].to_numpy("float32").copy())
    one, two = train_data.drop(["Id", "SalePrice"], axis=1), test_data.drop("Id", axis=1)
    words = list(one.select_dtypes(exclude="number"))
    dummies = pd.get_dummies(pd.concat([one[words], two[words]]), columns=words, dummy_na=True, dtype=int)
    dummies = torch.tensor(dummies.to_numpy().astype("float32"))
    mean, std = one.drop(columns=words).mean(), one.drop(columns=words).std(ddof=0)
    std[std == 0] = 1

    def scaled(table):
        z = ((table.drop(columns=words) - mean) / std).fillna(0.0)
        return torch.tensor(z.to_numpy("float32"))

    n = len(one)
    return torch.cat([dummies[:n], scaled(one)], 1), torch.cat([dummies[n:], scaled(two)], 1), labels
