# rejected by: a dropout outside [0, 1] is refused | says: for dropout = -0.001
def dropout_layer(X, dropout):
    dropout = max(0.0, min(1.0, dropout))
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
