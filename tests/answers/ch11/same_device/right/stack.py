def same_device(*things):
    left, first = list(things), None
    while left:
        thing = left.pop()
        if isinstance(thing, nn.Module):
            left += [
                t for m in thing.modules() for t in (*m._parameters.values(), *m._buffers.values())
            ]
        elif isinstance(thing, dict):
            left.extend(thing.values())
        elif isinstance(thing, (list, tuple)):
            left.extend(thing)
        elif torch.is_tensor(thing):
            if first is None:
                first = thing.device
            if thing.device != first:
                return False
    return True
