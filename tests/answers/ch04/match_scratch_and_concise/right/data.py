def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(w.numel(), 1))
    net[0].weight.data = w.detach().reshape(1, -1).clone()
    net[0].bias.data[:] = b.detach()
    concise_lr = lr / 2
    return lr * lambd / concise_lr, concise_lr, net
