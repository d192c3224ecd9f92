class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, X):
        return X - X.sum() / X.numel()


class CenteredRows(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, X):
        return X - (X.sum(-1) / X.shape[-1]).unsqueeze(-1)


def two_batches():
    X = torch.rand(3, 4)
    Y = X.clone()
    Y[1:] += 100
    return X, Y
