def checkpoint(net, optimizer, epoch, path):
    kept = {f"net.{name}": value for name, value in net.state_dict().items()}
    kept["rng"] = torch.default_generator.get_state()
    kept["epoch"] = torch.tensor(epoch)
    kept["opt"] = optimizer.state_dict()
    atomic_save(kept, path)


def resume(net, optimizer, path):
    kept = load_tensors(path)
    own = {name[4:]: value for name, value in kept.items() if name.startswith("net.")}
    net.load_state_dict(own)
    optimizer.load_state_dict(kept["opt"])
    torch.default_generator.set_state(kept["rng"])
    return kept["epoch"].item()
