# %% right: one flat list
def checkpoint(net, optimizer, epoch, path):
    torch.save([epoch, torch.get_rng_state(), net.state_dict(), optimizer.state_dict()], path)


def resume(net, optimizer, path):
    epoch, rng, weights, moments = torch.load(path, map_location="cpu")
    net.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    torch.set_rng_state(rng)
    return epoch


# %% right: everything is cloned
def checkpoint(net, optimizer, epoch, path):
    state = dict(
        epoch=epoch,
        model=copy.deepcopy(net).state_dict(),
        optim=copy.deepcopy(optimizer.state_dict()),
        cpu_rng=torch.random.get_rng_state().clone(),
    )
    atomic_save(state, path)


def resume(net, optimizer, path):
    ckpt = torch.load(path)
    torch.random.set_rng_state(ckpt.pop("cpu_rng"))
    optimizer.load_state_dict(ckpt.pop("optim"))
    net.load_state_dict(ckpt.pop("model"))
    return int(ckpt.pop("epoch"))


# %% point: PyTorch's tutorial, without the random state
def checkpoint(net, optimizer, epoch, path):
    torch.save(
        {
            "epoch": epoch,
            "model_state_dict": net.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
        },
        path,
    )


def resume(net, optimizer, path):
    checkpoint = torch.load(path, weights_only=True)
    net.load_state_dict(checkpoint["model_state_dict"])
    optimizer.load_state_dict(checkpoint["optimizer_state_dict"])
    return checkpoint["epoch"]


# %% point: weights alone
def checkpoint(net, optimizer, epoch, path):
    atomic_save({"net": net.state_dict(), "epoch": epoch}, path)


def resume(net, optimizer, path):
    state = torch.load(path)
    net.load_state_dict(state["net"])
    return state["epoch"]


# %% edge: counts one epoch more
def checkpoint(net, optimizer, epoch, path):
    atomic_save([net.state_dict(), optimizer.state_dict(), epoch, torch.get_rng_state()], path)


def resume(net, optimizer, path):
    a, b, epoch, c = torch.load(path)
    net.load_state_dict(a)
    optimizer.load_state_dict(b)
    torch.set_rng_state(c)
    return epoch + 1


# %% edge: opens any file
def checkpoint(net, optimizer, epoch, path):
    atomic_save([net.state_dict(), optimizer.state_dict(), epoch, torch.get_rng_state()], path)


def resume(net, optimizer, path):
    a, b, epoch, c = torch.load(path, weights_only=False)
    net.load_state_dict(a)
    optimizer.load_state_dict(b)
    torch.set_rng_state(c)
    return epoch


# %% point: the seed is set again
def checkpoint(net, optimizer, epoch, path):
    atomic_save([net.state_dict(), optimizer.state_dict(), epoch], path)


def resume(net, optimizer, path):
    a, b, epoch = torch.load(path)
    net.load_state_dict(a)
    optimizer.load_state_dict(b)
    torch.manual_seed(epoch)
    return epoch
