def activation_stats(X, weights, phi=torch.relu):
    means, variances = [], []
    with torch.no_grad():
        for W in weights:
            X = phi(torch.einsum("ni,io->no", X, W))
            mean = (X.sum() / X.numel()).item()
            means.append(mean)
            variances.append(((X - mean) ** 2).mean().item())
    return means, variances
