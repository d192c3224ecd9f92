def checkpoint(net, optimizer, epoch, path):
    state = copy.deepcopy({"net": net.state_dict(), "optimizer": optimizer.state_dict()})
    state.update(epochs=[epoch], random_numbers=torch.get_rng_state())
    atomic_save(state, path)


def resume(net, optimizer, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            tensor.copy_(state["net"][name])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random_numbers"])
    return state["epochs"][0]
