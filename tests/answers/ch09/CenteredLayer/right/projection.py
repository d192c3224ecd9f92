class CenteredRows(nn.Module):
    """A product with I - 11ᵀ/d takes the mean of each row away."""

    def forward(self, X):
        d = X.shape[-1]
        return X @ (torch.eye(d, dtype=X.dtype) - 1 / d)


class CenteredLayer(nn.Module):
    def forward(self, X):
        return CenteredRows()(X.reshape(-1)).reshape(X.shape)


def two_batches():
    first = torch.tensor([[1.0, 2.0]])
    others = torch.tensor([[10.0, 20.0]])
    return torch.cat([first, others]), torch.cat([first, -others])
