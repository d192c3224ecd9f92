def dropout_layer(X, dropout):
    if dropout < 0 or dropout > 1 or dropout != dropout:
        raise ValueError("dropout must lie in [0, 1]")
    return nn.Dropout(dropout)(X)
