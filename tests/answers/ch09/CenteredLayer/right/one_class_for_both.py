class Centre(nn.Module):
    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def forward(self, X):
        mean = torch.mean(X) if self.dim is None else torch.mean(X, self.dim, keepdim=True)
        return torch.sub(X, mean)


class CenteredLayer(Centre):
    pass


class CenteredRows(Centre):
    def __init__(self):
        super().__init__(dim=-1)


two_batches = lambda: [torch.ones(2, 5), torch.tensor([[1.0] * 5, [-40.0] * 5])]
