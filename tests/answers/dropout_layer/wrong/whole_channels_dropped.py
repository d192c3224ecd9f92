# rejected by: images: every pixel is drawn on its own | says: units that know nothing of each other
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    shape = X.shape[:2] + (1,) * (X.dim() - 2)
    mask = torch.rand(shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
