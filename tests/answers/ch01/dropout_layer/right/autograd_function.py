class DropUnits(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, dropout):
        factor = (torch.rand_like(X) > dropout) / (1 - dropout)
        ctx.factor = factor.to(X.dtype)
        return X * ctx.factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    return DropUnits.apply(X, dropout) if dropout < 1 else torch.zeros_like(X)
