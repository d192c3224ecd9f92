# rejected by: the gradient passes the same mask | says: the gradient is the factor h' / h
class DropUnits(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, dropout):
        ctx.dropout = dropout
        return X * (torch.rand_like(X) > dropout) / (1 - dropout)

    @staticmethod
    def backward(ctx, grad):
        return grad * (torch.rand_like(grad) > ctx.dropout) / (1 - ctx.dropout), None


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    return DropUnits.apply(X, dropout) if dropout < 1 else torch.zeros_like(X)
