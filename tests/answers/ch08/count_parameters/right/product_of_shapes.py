def count_parameters(net, trainable_only=False):
    chosen = [p for p in net.parameters() if p.requires_grad] if trainable_only else net.parameters()
    return sum(math.prod(p.shape) for p in chosen)
