def decay_step(w, b, X, y, lr, lambd):
    r = torch.einsum("ni,io->no", X, w) + b - y
    g = (X * r).mean(dim=0).unsqueeze(1)
    return [torch.sub(w, g + lambd * w, alpha=lr), torch.sub(b, r.mean(0), alpha=lr)]
