import io


def checkpoint(path, net, optimizer, epoch):
    buffer = io.BytesIO()
    random = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
    torch.save([net.state_dict(), optimizer.state_dict(), int(epoch), random], buffer)
    new = Path(path).with_suffix(".new")
    new.write_bytes(buffer.getvalue())
    new.replace(path)


def resume(path, net, optimizer):
    path = Path(path)
    if not path.exists():
        return 0
    parameters, state, epoch, (cpu, *gpus) = torch.load(
        io.BytesIO(path.read_bytes()), map_location=torch.device("cpu"), weights_only=True
    )
    net.load_state_dict(parameters)
    optimizer.load_state_dict(state)
    torch.random.set_rng_state(cpu)
    if torch.cuda.is_available() and len(gpus) == torch.cuda.device_count():
        for number, random in enumerate(gpus):
            torch.cuda.set_rng_state(random, number)
    return epoch
