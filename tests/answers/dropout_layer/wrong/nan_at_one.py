# rejected by: dropout = 1 gives zeros | says: 0 / 0 is not a number
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    mask = (torch.rand(X.shape, device=X.device) > dropout).float()
    return mask * X / (1.0 - dropout)
