# %% right: numpy's nanargmin
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    results = []
    for lambd in lambds:
        w0, b0 = (p.detach().clone().requires_grad_() for p in params)
        w, b, _ = train_scratch(lambd, [w0, b0], train_iter, test_iter, num_epochs=num_epochs, lr=lr)
        results.append([float(fixed_validation_loss(w, b, it, lambd)) for it in (valid_iter, test_iter)])
    valid = np.array([v if np.isfinite(v) else np.inf for v, _ in results])
    return lambds[int(valid.argmin())], valid.tolist() if np.isfinite(valid).all() else [v for v, _ in results], [t for _, t in results]


import numpy as np


# %% right: a running best, deep copies
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    best, lowest = None, float("inf")
    valid_losses, test_losses = [], []
    for lambd in lambds:
        start = [p.detach().clone() for p in params]
        for p in start:
            p.requires_grad = True
        w, b, curve = train_scratch(lambd, start, train_iter, test_iter, num_epochs, lr)
        valid_losses.append(fixed_validation_loss(w, b, valid_iter, lambd))
        test_losses.append(curve[-1][2])
        if valid_losses[-1] < lowest:
            best, lowest = lambd, valid_losses[-1]
    return best, valid_losses, test_losses


# %% edge: min over everything, NaN too
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    valid_losses, test_losses = [], []
    for lambd in lambds:
        own = [p.detach().clone().requires_grad_(True) for p in params]
        w, b, _ = train_scratch(lambd, own, train_iter, test_iter, num_epochs, lr)
        valid_losses.append(fixed_validation_loss(w, b, valid_iter, lambd))
        test_losses.append(fixed_validation_loss(w, b, test_iter, lambd))
    return lambds[valid_losses.index(min(valid_losses))], valid_losses, test_losses


# %% point: the start is shared
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    valid_losses, test_losses = [], []
    for lambd in lambds:
        w, b, _ = train_scratch(lambd, list(params), train_iter, test_iter, num_epochs, lr)
        valid_losses.append(fixed_validation_loss(w, b, valid_iter, lambd))
        test_losses.append(fixed_validation_loss(w, b, test_iter, lambd))
    finite = [i for i, v in enumerate(valid_losses) if math.isfinite(v)]
    return lambds[min(finite, key=valid_losses.__getitem__)], valid_losses, test_losses


# %% point: chosen on the test data
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    valid_losses, test_losses = [], []
    for lambd in lambds:
        own = [p.detach().clone().requires_grad_(True) for p in params]
        w, b, _ = train_scratch(lambd, own, train_iter, test_iter, num_epochs, lr)
        valid_losses.append(fixed_validation_loss(w, b, valid_iter, lambd))
        test_losses.append(fixed_validation_loss(w, b, test_iter, lambd))
    finite = [i for i, v in enumerate(test_losses) if math.isfinite(v)]
    return lambds[min(finite, key=test_losses.__getitem__)], valid_losses, test_losses


# %% point: the place in the list
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    valid_losses, test_losses = [], []
    for lambd in lambds:
        own = [p.detach().clone().requires_grad_(True) for p in params]
        w, b, _ = train_scratch(lambd, own, train_iter, test_iter, num_epochs, lr)
        valid_losses.append(fixed_validation_loss(w, b, valid_iter, lambd))
        test_losses.append(fixed_validation_loss(w, b, test_iter, lambd))
    return int(torch.tensor(valid_losses).nan_to_num(float("inf")).argmin()), valid_losses, test_losses
