def devices(thing):
    if isinstance(thing, torch.Tensor):
        yield thing.device
    elif isinstance(thing, nn.Module):
        yield from devices(list(thing.parameters()) + list(thing.buffers()))
    elif isinstance(thing, dict):
        yield from devices(list(thing.values()))
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            yield from devices(part)


def same_device(*things):
    found = list(devices(things))
    return all(d == found[0] for d in found)
