# rejected by: the share of dropped units is dropout | says: nothing is dropped at all
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    layer = nn.Dropout(dropout)
    layer.eval()
    return layer(X) / (1 - dropout)
