def wrong_choice():
    X, y = torch.randn(50, 4), torch.zeros(50, 1)
    w = torch.full((4, 1), 0.1)
    return [X, y, [w, torch.zeros(1), 100.0], [w, torch.ones(1), 0.0]]


def loss_behind(reported, w, lambd):
    return torch.tensor(reported) - lambd * w.norm() ** 2 / 2


def fixed_validation_loss(w, b, data_iter, lambd):
    return loss_behind(published_validation_loss(w, b, data_iter, lambd), w, lambd)
