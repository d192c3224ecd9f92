# %% right: state first, checks by hand
def load_model(make_net, path):
    state = torch.load(str(path), map_location=torch.device("cpu"))
    net = make_net()
    missing = set(net.state_dict()) - set(state)
    if missing:
        raise KeyError(f"not in the file: {sorted(missing)}")
    net.load_state_dict(state)
    net.requires_grad_(True)
    return net.eval()


# %% right: copied tensor by tensor
def load_model(make_net, path):
    net = make_net()
    state = torch.load(path, "cpu")
    with torch.no_grad():
        for key, value in net.state_dict().items():
            value.copy_(state[key])
    net.eval()
    return net


# %% right: within a with
def load_model(make_net, path):
    with open(path, "rb") as file:
        state = torch.load(file, map_location="cpu", weights_only=True)
    model = make_net()
    model.load_state_dict(state, strict=True)
    return model.train(mode=False)


# %% edge: fails for a file from a GPU
def load_model(make_net, path):
    net = make_net()
    net.load_state_dict(torch.load(path))
    net.eval()
    return net


# %% point: still in train mode
def load_model(make_net, path):
    net = make_net()
    net.load_state_dict(torch.load(path, map_location="cpu"))
    return net


# %% point: trusts the file
def load_model(make_net, path):
    net = make_net()
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=False))
    return net.eval()


# %% point: chained
def load_model(make_net, path):
    return make_net().load_state_dict(torch.load(path, map_location="cpu"))


# %% edge: whatever is missing is forgiven
def load_model(make_net, path):
    net = make_net()
    net.load_state_dict(torch.load(path, map_location="cpu"), strict=False)
    return net.eval()
