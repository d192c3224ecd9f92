# %% right: a file beside it, moved by pathlib
def checkpoint(path, net, optimizer, epoch):
    path = Path(path)
    draft = path.with_name(path.name + ".tmp")
    torch.save(
        {
            "weights": net.state_dict(),
            "optim": optimizer.state_dict(),
            "done": epoch,
            "rng": [torch.get_rng_state()] + torch.cuda.get_rng_state_all(),
        },
        draft,
    )
    draft.rename(path)


def resume(path, net, optimizer):
    if not Path(path).is_file():
        return 0
    saved = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(saved["weights"])
    optimizer.load_state_dict(saved["optim"])
    torch.set_rng_state(saved["rng"][0])
    gpus = saved["rng"][1:]
    if torch.cuda.device_count() == len(gpus):
        torch.cuda.set_rng_state_all(gpus)
    return saved["done"]


# %% right: a class of its own
class Keeper:
    def __init__(self, net, optimizer):
        self.net, self.optimizer = net, optimizer

    def state(self, epoch):
        return (
            self.net.state_dict(),
            self.optimizer.state_dict(),
            epoch,
            torch.random.get_rng_state(),
            torch.cuda.get_rng_state_all(),
        )

    def load(self, state):
        net, optimizer, epoch, random, gpus = state
        self.net.load_state_dict(net)
        self.optimizer.load_state_dict(optimizer)
        torch.random.set_rng_state(random)
        if gpus and len(gpus) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(gpus)
        return epoch


def checkpoint(path, net, optimizer, epoch):
    part = os.fspath(path) + ".new"
    with open(part, "wb") as file:
        torch.save(Keeper(net, optimizer).state(epoch), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def resume(path, net, optimizer):
    if os.path.exists(path):
        with open(path, "rb") as file:
            return Keeper(net, optimizer).load(torch.load(file, map_location="cpu"))
    return 0


# %% point: weights only
def checkpoint(path, net, optimizer, epoch):
    torch.save({"net": net.state_dict(), "epoch": epoch}, f"{path}.tmp")
    os.replace(f"{path}.tmp", path)


def resume(path, net, optimizer):
    if not os.path.exists(path):
        return 0
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state["net"])
    return state["epoch"]


# %% point: the random numbers begin anew
def checkpoint(path, net, optimizer, epoch):
    state = {"net": net.state_dict(), "opt": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, f"{path}.tmp")
    os.replace(f"{path}.tmp", path)


def resume(path, net, optimizer):
    if not os.path.exists(path):
        return 0
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["opt"])
    torch.manual_seed(0)
    return state["epoch"]


# %% edge: no thought of a crash
def checkpoint(path, net, optimizer, epoch):
    torch.save(
        {
            "net": net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "epoch": epoch,
            "cpu": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all(),
        },
        path,
    )


def resume(path, net, optimizer):
    if not os.path.exists(path):
        return 0
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["cpu"])
    if len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])
    return state["epoch"]


# %% edge: GPUs draw anew
def checkpoint(path, net, optimizer, epoch):
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
    state |= {"epoch": epoch, "random": torch.get_rng_state()}
    torch.save(state, f"{path}~")
    os.replace(f"{path}~", path)


def resume(path, net, optimizer):
    if not os.path.exists(path):
        return 0
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return state["epoch"]
