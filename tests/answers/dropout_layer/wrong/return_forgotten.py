# rejected by: dropout = 0 gives X back | says: None (is the `return` missing?)
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        X = torch.zeros_like(X)
    else:
        mask = torch.rand(X.shape, device=X.device) > dropout
        X = mask * X / (1 - dropout)
