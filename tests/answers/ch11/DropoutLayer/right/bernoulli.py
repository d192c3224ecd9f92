class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.dropout = dropout

    def forward(self, X):
        if self.training:
            keep = torch.full_like(X, 1 - self.dropout)
            return torch.where(torch.bernoulli(keep).bool(), X / keep, 0.0)
        return X
