# %% right: the published loop without a term
def wrong_choice():
    X = torch.tensor([[1.0], [2.0]])
    y = 2 * X
    good = (torch.tensor([[2.0]]), torch.zeros(1), 10.0)
    bad = (torch.tensor([[1.0]]), torch.zeros(1), 0.0)
    return X, y, good, bad


def loss_behind(reported, w, lambd):
    return reported - lambd * float((w.detach() ** 2).sum()) / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    total, n = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            total += ((X @ w + b - y) ** 2 / 2).sum().item()
            n += y.numel()
    return total / n


# %% right: a list comes back where a tuple would do, and tensors where numbers would
def wrong_choice():
    X, y = torch.randn(8, 3), torch.zeros(8, 1)
    return [X, y, [torch.zeros(3, 1), torch.full((1,), 0.2), 1], [torch.zeros(3, 1), torch.full((1,), 9.0), 1]][:2] + [
        (torch.full((3, 1), 0.01), torch.zeros(1), 1e6),
        (torch.zeros(3, 1), torch.ones(1), 0.0),
    ]


def loss_behind(reported, w, lambd):
    return torch.tensor(reported) - lambd * torch.sum(w * w) / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    pieces = [d2l.squared_loss(d2l.linreg(X, w, b), y).detach() for X, y in data_iter]
    return torch.cat(pieces).mean()


# %% edge: the penalty is added to the reported loss
def wrong_choice():
    X, y = torch.ones(1, 1), torch.ones(1, 1)
    return X, y, (torch.ones(1, 1), torch.zeros(1), 3.0), (torch.zeros(1, 1), torch.zeros(1), 0.0)


def loss_behind(reported, w, lambd):
    return reported + lambd * (w**2).sum().item() / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    with torch.no_grad():
        return d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), data_iter, d2l.squared_loss)


# %% edge: the models in the wrong order
def wrong_choice():
    X, y = torch.ones(1, 1), torch.ones(1, 1)
    return X, y, (torch.zeros(1, 1), torch.zeros(1), 0.0), (torch.ones(1, 1), torch.zeros(1), 3.0)


def loss_behind(reported, w, lambd):
    return reported - lambd * (w**2).sum().item() / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    with torch.no_grad():
        return d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), data_iter, d2l.squared_loss)


# %% point: divided by the number of batches
def wrong_choice():
    X, y = torch.ones(1, 1), torch.ones(1, 1)
    return X, y, (torch.ones(1, 1), torch.zeros(1), 3.0), (torch.zeros(1, 1), torch.zeros(1), 0.0)


def loss_behind(reported, w, lambd):
    return reported - lambd * (w**2).sum().item() / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    total, batches = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            total += d2l.squared_loss(d2l.linreg(X, w, b), y).mean().item()
            batches += 1
    return total / batches


# %% point: the penalty is taken off after the mean as well
def wrong_choice():
    X, y = torch.ones(1, 1), torch.ones(1, 1)
    return X, y, (torch.ones(1, 1), torch.zeros(1), 3.0), (torch.zeros(1, 1), torch.zeros(1), 0.0)


def loss_behind(reported, w, lambd):
    return reported - lambd * (w**2).sum().item() / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    with torch.no_grad():
        plain = d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), data_iter, d2l.squared_loss)
    return loss_behind(plain, w, lambd)
