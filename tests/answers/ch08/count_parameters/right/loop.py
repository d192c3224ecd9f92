def count_parameters(net, trainable_only=False):
    total = 0
    for p in net.parameters():
        if trainable_only and not p.requires_grad:
            continue
        total += p.nelement()
    return total
