# %% right: with chapter 1's function as a method
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0.0 <= dropout <= 1.0, "dropout must lie between 0 and 1"
        self.dropout = dropout

    def _mask(self, X):
        return (torch.rand(X.shape, device=X.device) > self.dropout).to(X.dtype)

    def forward(self, X):
        if not self.training or self.dropout == 0:
            return X
        if self.dropout == 1:
            return torch.zeros_like(X)
        return self._mask(X) * X / (1.0 - self.dropout)

    def extra_repr(self):
        return f"dropout={self.dropout}"


# %% right: where
class DropoutLayer(nn.Module):
    def __init__(self, dropout: float):
        super().__init__()
        if not (dropout >= 0 and dropout <= 1):
            raise ValueError(dropout)
        self.dropout = dropout

    def forward(self, X):
        if self.training:
            keep = torch.rand(X.shape, device=X.device) >= self.dropout
            scale = 1 / (1 - self.dropout) if self.dropout < 1 else 1.0
            return torch.where(keep, X * scale, torch.zeros_like(X))
        return X

    def extra_repr(self):
        return "dropout=%s" % self.dropout


# %% right: a distribution
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.distributions.Bernoulli(1 - self.dropout).sample(X.shape).to(X)
        return keep * X / max(1 - self.dropout, 1e-12)

    def extra_repr(self):
        return f"dropout={self.dropout!r}"


# %% edge: no extra_repr
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        if not self.training:
            return X
        if self.dropout == 1:
            return torch.zeros_like(X)
        mask = torch.rand(X.shape) > self.dropout
        return mask * X / (1 - self.dropout)


# %% edge: nothing is refused
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.dropout = dropout

    def forward(self, X):
        if not self.training:
            return X
        if self.dropout == 1:
            return torch.zeros_like(X)
        mask = torch.rand(X.shape) > self.dropout
        return mask * X / (1 - self.dropout)

    def extra_repr(self):
        return f"dropout={self.dropout}"


# %% edge: NaN at 1
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        if not self.training:
            return X
        mask = torch.rand(X.shape) > self.dropout
        return mask * X / (1 - self.dropout)

    def extra_repr(self):
        return f"dropout={self.dropout}"


# %% point: a flag of its own
class DropoutLayer(nn.Module):
    def __init__(self, dropout, is_training=True):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout, self.is_training = dropout, is_training

    def forward(self, X):
        if not self.is_training:
            return X
        if self.dropout == 1:
            return torch.zeros_like(X)
        mask = (torch.rand(X.shape) > self.dropout).type(X.dtype)
        return mask * X / (1 - self.dropout)

    def extra_repr(self):
        return f"dropout={self.dropout}"


# %% point: not scaled
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        if self.training:
            X = X * (torch.rand(X.shape) >= self.dropout)
        return X

    def extra_repr(self):
        return f"dropout={self.dropout}"


# %% point: scaled in eval mode, as dropout was first published
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        if self.training:
            return X * (torch.rand(X.shape) >= self.dropout)
        return X * (1 - self.dropout)

    def extra_repr(self):
        return f"dropout={self.dropout}"


# %% point: whole features are dropped
class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        if not self.training:
            return X
        if self.dropout == 1:
            return torch.zeros_like(X)
        mask = torch.rand(X.shape[-1:]) > self.dropout
        return mask * X / (1 - self.dropout)

    def extra_repr(self):
        return f"dropout={self.dropout}"
