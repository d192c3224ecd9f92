# %% right: column by column with a dictionary
def preprocess(train_data, test_data):
    columns = {}
    both = pd.concat([train_data, test_data], ignore_index=True)
    n = len(train_data)
    for name in train_data.columns[1:-1]:
        values = both[name]
        if pd.api.types.is_numeric_dtype(values):
            center, width = values[:n].mean(), values[:n].std()
            if not width > 0:
                width = 1.0
            columns[name] = ((values - center) / width).fillna(0.0).astype("float32")
        else:
            for word in values.dropna().unique():
                columns[name, word] = (values == word).fillna(False).astype("float32")
            columns[name, None] = values.isna().astype("float32")
    X = torch.from_numpy(np.column_stack([c.to_numpy() for c in columns.values()]))
    return X[:n], X[n:], torch.tensor(train_data[["SalePrice"]].to_numpy(), dtype=torch.float32)


# %% right: fill with the mean first, which is 0 afterwards
def preprocess(train_data, test_data):
    n = len(train_data)
    f = pd.concat([train_data.iloc[:, 1:-1], test_data.iloc[:, 1:]], ignore_index=True)
    num = f.select_dtypes(include=["number"]).columns
    mean, std = f.loc[: n - 1, num].mean(), f.loc[: n - 1, num].std()
    std[~(std > 0)] = 1
    f[num] = (f[num].fillna(mean) - mean) / std
    f[num] = f[num].fillna(0)
    X = torch.tensor(pd.get_dummies(f, dummy_na=True).values.astype(np.float32))
    y = torch.tensor(train_data["SalePrice"].values, dtype=torch.float32).view(-1, 1)
    return X[:n], X[n:], y


# %% point: all rows for mean and std
def preprocess(train_data, test_data):
    n = len(train_data)
    f = pd.concat([train_data.iloc[:, 1:-1], test_data.iloc[:, 1:]], ignore_index=True)
    num = f.select_dtypes("number").columns
    f[num] = ((f[num] - f[num].mean()) / f[num].std().replace(0, 1)).fillna(0)
    X = torch.tensor(pd.get_dummies(f, dummy_na=True).values.astype(np.float32))
    y = torch.tensor(train_data["SalePrice"].values, dtype=torch.float32).view(-1, 1)
    return X[:n], X[n:], y


# %% point: codes in place of one-hot columns
def preprocess(train_data, test_data):
    n = len(train_data)
    f = pd.concat([train_data.iloc[:, 1:-1], test_data.iloc[:, 1:]], ignore_index=True)
    num = f.select_dtypes("number").columns
    rows = f[num][:n]
    for name in f.columns.difference(num):
        f[name] = f[name].astype("category").cat.codes
    f[num] = ((f[num] - rows.mean()) / rows.std().replace(0, 1)).fillna(0)
    X = torch.tensor(f.values.astype(np.float32))
    y = torch.tensor(train_data["SalePrice"].values, dtype=torch.float32).view(-1, 1)
    return X[:n], X[n:], y


# %% edge: the Id is a feature
def preprocess(train_data, test_data):
    n = len(train_data)
    f = pd.concat([train_data.iloc[:, :-1], test_data], ignore_index=True)
    num = f.select_dtypes("number").columns
    rows = f[num][:n]
    f[num] = ((f[num] - rows.mean()) / rows.std().replace(0, 1)).fillna(0)
    X = torch.tensor(pd.get_dummies(f, dummy_na=True).values.astype(np.float32))
    y = torch.tensor(train_data["SalePrice"].values, dtype=torch.float32).view(-1, 1)
    return X[:n], X[n:], y


# %% edge: a column that never varies gives NaN
def preprocess(train_data, test_data):
    n = len(train_data)
    f = pd.concat([train_data.iloc[:, 1:-1], test_data.iloc[:, 1:]], ignore_index=True)
    num = f.select_dtypes("number").columns
    rows, holes = f[num][:n], f[num].isna()
    f[num] = ((f[num] - rows.mean()) / rows.std()).mask(holes, 0)
    X = torch.tensor(pd.get_dummies(f, dummy_na=True).values.astype(np.float32))
    y = torch.tensor(train_data["SalePrice"].values, dtype=torch.float32).view(-1, 1)
    return X[:n], X[n:], y
