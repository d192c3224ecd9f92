def accuracy(y_hat, y):
    _, predicted = torch.max(y_hat, 1)
    return predicted.eq(y).sum() / y.numel()
