def activation_stats(X, weights, phi=torch.relu):
    if not weights:
        return [], []
    H = phi(X @ weights[0])
    means, variances = activation_stats(H, weights[1:], phi)
    return [float(H.mean()), *means], [float(H.var()), *variances]
