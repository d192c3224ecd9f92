def wrong_choice():
    X, y = torch.tensor([[2.0]]), torch.tensor([[2.0]])
    return X, y, (torch.tensor([[1.0]]), torch.tensor([0.0]), 10), (torch.tensor([[0.0]]), torch.tensor([1.0]), 10)


def loss_behind(reported, w, lambd):
    return reported - lambd * l2_penalty(w)


def fixed_validation_loss(w, b, data_iter, lambd):
    batches = list(data_iter)
    X, y = (torch.cat(parts) for parts in zip(*batches))
    return ((X @ w + b - y) ** 2).mean().item() / 2
