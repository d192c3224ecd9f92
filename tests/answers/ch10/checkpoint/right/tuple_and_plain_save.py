def checkpoint(net, optimizer, epoch, path):
    torch.save((net.state_dict(), optimizer.state_dict(), torch.random.get_rng_state(), epoch), path)


def resume(net, optimizer, path):
    weights, steps, random, epoch = torch.load(path)
    optimizer.load_state_dict(steps)
    net.load_state_dict(weights)
    torch.random.set_rng_state(random)
    return epoch
