class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        assert 0 <= dropout <= 1
        super().__init__()
        self.dropout = dropout

    def forward(self, X):
        keep = 1 - self.dropout
        if not self.training or keep == 1:
            return X
        mask = torch.bernoulli(torch.full_like(X, keep))
        return X * mask / keep if keep > 0 else X * mask

    def extra_repr(self):
        return "dropout=" + str(self.dropout)
