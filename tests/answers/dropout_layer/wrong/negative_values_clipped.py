# rejected by: dropout = 0 gives X back | says: nothing is dropped at 0
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return torch.relu(mask * X / (1 - dropout))
