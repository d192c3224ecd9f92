# rejected by: dropout = 1 gives zeros | says: AssertionError
def dropout_layer(X, dropout):
    assert 0 <= dropout < 1
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
