def adam_steps(w, grads, lr, wd, decoupled):
    w = w.clone()
    m = v = 0
    for t in range(len(grads)):
        g = grads[t] + (0 if decoupled else wd) * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9 ** (t + 1)), v / (1 - 0.999 ** (t + 1))
        if decoupled:
            w *= 1 - lr * wd
        w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)
    return w


def lost_decay():
    return torch.tensor(2.0), torch.tensor(100.0), torch.tensor(1.0)
