# %% right: a state dictionary
def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(w.shape[0], 1))
    net.load_state_dict({"0.weight": w.detach().t(), "0.bias": b.detach()})
    return 2 * lambd, 0.5 * lr, net


# %% right: new Parameters from clones
def match_scratch_and_concise(lambd, lr, w, b):
    layer = nn.Linear(w.numel(), 1)
    layer.weight = nn.Parameter(w.detach().clone().reshape(1, -1))
    layer.bias = nn.Parameter(b.detach().clone())
    return lambd * 2.0, lr / 2.0, nn.Sequential(layer)


# %% edge: the network shares its memory with w and b
def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(len(w), 1))
    net[0].weight.data = w.data.T
    net[0].bias.data = b.data
    return 2 * lambd, lr / 2, net


# %% point: the same settings
def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(len(w), 1))
    with torch.no_grad():
        net[0].weight.copy_(w.T)
        net[0].bias.copy_(b)
    return lambd, lr, net


# %% point: only the rate is halved
def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(len(w), 1))
    with torch.no_grad():
        net[0].weight.copy_(w.T)
        net[0].bias.copy_(b)
    return lambd, lr / 2, net


# %% point: drawn anew
def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(len(w), 1))
    for param in net.parameters():
        param.data.normal_()
    return 2 * lambd, lr / 2, net
