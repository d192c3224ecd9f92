# rejected by: very small and very large rates | says: a value is 0 or X / (1 -
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    keep_prob = max(1 - dropout, 0.1)
    mask = torch.rand(X.shape, device=X.device) >= dropout
    return mask * X / keep_prob
