def l2_penalty(w):
    return w.pow(2).sum().mul(0.5)
