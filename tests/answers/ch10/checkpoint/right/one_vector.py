from torch.nn.utils import parameters_to_vector, vector_to_parameters


def checkpoint(net, optimizer, epoch, path):
    run = {
        "weights": parameters_to_vector(net.parameters()).detach(),
        "buffers": [b.clone() for b in net.buffers()],
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "random": torch.get_rng_state(),
    }
    atomic_save(run, path)


def resume(net, optimizer, path):
    run = torch.load(path, weights_only=True)
    with torch.no_grad():
        vector_to_parameters(run["weights"], net.parameters())
        for mine, saved in zip(net.buffers(), run["buffers"], strict=True):
            mine.copy_(saved)
    optimizer.load_state_dict(run["optimizer"])
    torch.set_rng_state(run["random"])
    return run["epoch"]
