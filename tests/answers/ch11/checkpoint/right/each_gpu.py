def checkpoint(path, net, optimizer, epoch):
    gpus = [torch.cuda.get_rng_state(i) for i in range(torch.cuda.device_count())]
    content = dict(
        model_state_dict=net.state_dict(),
        optimizer_state_dict=optimizer.state_dict(),
        epoch=torch.tensor(epoch),
        cpu=torch.get_rng_state(),
        gpus=gpus,
    )
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as file:
        torch.save(content, file)
    os.rename(file.name, path)


def resume(path, net, optimizer):
    try:
        content = torch.load(path, map_location="cpu")
    except FileNotFoundError:
        return 0
    net.load_state_dict(content["model_state_dict"])
    optimizer.load_state_dict(content["optimizer_state_dict"])
    if torch.cuda.device_count() == len(content["gpus"]):
        for i, state in enumerate(content["gpus"]):
            torch.cuda.set_rng_state(state, i)
    torch.set_rng_state(content["cpu"])
    return int(content["epoch"])
