def adam_steps(w, grads, lr, wd, decoupled, m=0, v=0, t=1):
    if len(grads) == 0:
        return w
    g = grads[0] if decoupled else grads[0] + wd * w
    m = m + 0.1 * (g - m)
    v = v + 0.001 * (g**2 - v)
    decay = lr * wd * w if decoupled else 0
    step = m / (1 - 0.9**t) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
    return adam_steps(w - decay - lr * step, grads[1:], lr, wd, decoupled, m, v, t + 1)


def lost_decay():
    return 3, 1, 0.25
