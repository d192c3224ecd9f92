def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand_like(X) > dropout).to(X.dtype)
    return mask * X / (1.0 - dropout)


class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        dropout_layer(torch.zeros(1), dropout)
        self.dropout = dropout

    def forward(self, X):
        return dropout_layer(X, self.dropout) if self.training else X

    def extra_repr(self) -> str:
        return "dropout={}".format(self.dropout)
