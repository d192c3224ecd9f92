def activation_stats(X, weights, phi=torch.relu):
    layers = [X]
    for W in weights:
        layers.append(phi(torch.mm(layers[-1], W)))
    return [H.mean() for H in layers[1:]], [H.var(unbiased=False) for H in layers[1:]]
