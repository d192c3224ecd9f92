def save_model(net, path):
    state = net.state_dict()
    for name in state:
        state[name] = state[name].cpu()
    with open(path, "wb") as file:
        torch.save(state, file)
