def wrong_choice():
    X = torch.eye(3)
    y = torch.tensor([[1.0], [2.0], [3.0]])
    good = (y.clone(), torch.zeros(1), 1)
    bad = (0.9 * y, torch.zeros(1), 0)
    return X, y, good, bad


def loss_behind(reported, w, lambd):
    return reported - lambd * float((w.detach() ** 2).sum()) / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    total, num_examples = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            total += float(d2l.squared_loss(d2l.linreg(X, w, b), y).sum())
            num_examples += len(y)
    return total / num_examples
