# %% right: torch's own optimizers
def adam_steps(w, grads, lr, wd, decoupled):
    p = nn.Parameter(w.detach().clone())
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    optimizer = kind([p], lr=lr, weight_decay=wd)
    for g in grads:
        p.grad = g.clone()
        optimizer.step()
    return p.detach()


def lost_decay():
    return 2.0, 1.0, 1.0


# %% right: the corrections folded into the step size
def adam_steps(w, grads, lr, wd, decoupled):
    b1, b2, eps = 0.9, 0.999, 1e-8
    w, m, v = w.clone(), 0.0, 0.0
    for t in range(len(grads)):
        g = grads[t] if decoupled else grads[t] + wd * w
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        m_hat, v_hat = m / (1 - b1 ** (t + 1)), v / (1 - b2 ** (t + 1))
        step = m_hat / (torch.sqrt(v_hat) + eps)
        if decoupled:
            step = step + wd * w
        w = w - lr * step
    return w


def lost_decay():
    return torch.tensor(3.0), torch.tensor(10.0), 0.1


# %% edge: w is changed in place
def adam_steps(w, grads, lr, wd, decoupled):
    m = v = torch.zeros_like(w)
    for t, g in enumerate(grads, 1):
        if not decoupled:
            g = g + wd * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
        if decoupled:
            w *= 1 - lr * wd
        w -= step
    return w


def lost_decay():
    return 1.0, 2.0, 0.5


# %% edge: a weight of zero, which no decay moves
def adam_steps(w, grads, lr, wd, decoupled):
    m = v = torch.zeros_like(w)
    for t, g in enumerate(grads, 1):
        if not decoupled:
            g = g + wd * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
        w = w * (1 - lr * wd) - step if decoupled else w - step
    return w


def lost_decay():
    return 0.0, 1.0, 0.5


# %% point: the decay is decoupled either way
def adam_steps(w, grads, lr, wd, decoupled):
    m = v = torch.zeros_like(w)
    for t, g in enumerate(grads, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
        w = w * (1 - lr * wd) - step
    return w


def lost_decay():
    return 1.0, 2.0, 0.5


# %% point: no correction for the start
def adam_steps(w, grads, lr, wd, decoupled):
    m = v = torch.zeros_like(w)
    for g in grads:
        if not decoupled:
            g = g + wd * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = (w * (1 - lr * wd) if decoupled else w) - lr * m / (v.sqrt() + 1e-8)
    return w


def lost_decay():
    return 1.0, 2.0, 0.5


# %% point: the decay takes wd * w, without the learning rate
def adam_steps(w, grads, lr, wd, decoupled):
    m = v = torch.zeros_like(w)
    for t, g in enumerate(grads, 1):
        if not decoupled:
            g = g + wd * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
        w = w - step - (wd * w if decoupled else 0)
    return w


def lost_decay():
    return 1.0, 2.0, 0.5
