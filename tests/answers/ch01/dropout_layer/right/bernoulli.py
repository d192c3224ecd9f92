def dropout_layer(X, dropout):
    if not 0 <= dropout <= 1:
        raise ValueError(f"dropout is a probability, not {dropout}")
    if dropout == 1:
        return X * 0
    keep = 1 - dropout
    return X * torch.bernoulli(torch.full_like(X, keep)) / keep
