# rejected by: a single number, an empty tensor, and one that is not contiguous | says: RuntimeError
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    flat = X.view(-1)
    mask = torch.rand(flat.shape, device=X.device) > dropout
    return (mask * flat / (1 - dropout)).view(X.shape)
