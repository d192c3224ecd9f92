# %% right: functions by kind
def _sequence(part, device):
    moved = (move_batch(item, device) for item in part)
    return type(part)(*moved) if hasattr(part, "_fields") else type(part)(moved)


def move_batch(batch, device):
    kinds = {dict: lambda d: {k: move_batch(v, device) for k, v in d.items()}}
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=True)
    if type(batch) in kinds:
        return kinds[type(batch)](batch)
    return _sequence(batch, device) if isinstance(batch, (list, tuple)) else batch


# %% right: a generator for each container
def move_batch(batch, device):
    if hasattr(batch, "to") and hasattr(batch, "dtype"):
        return batch.to(device)
    if isinstance(batch, dict):
        return dict([(k, move_batch(batch[k], device)) for k in batch])
    if isinstance(batch, list):
        return [move_batch(b, device) for b in batch]
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return batch.__class__(**{f: move_batch(getattr(batch, f), device) for f in batch._fields})
    if isinstance(batch, tuple):
        return tuple(move_batch(b, device) for b in batch)
    return batch


# %% point: pairs only
def move_batch(batch, device):
    X, y = batch
    return X.to(device), y.to(device)


# %% point: tensors in a list, nothing deeper
def move_batch(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    return type(batch)(b.to(device) if torch.is_tensor(b) else b for b in batch)


# %% point: to without an assignment
def move_batch(batch, device):
    if torch.is_tensor(batch):
        batch.to(device)
    elif isinstance(batch, dict):
        for value in batch.values():
            move_batch(value, device)
    elif isinstance(batch, (list, tuple)):
        for value in batch:
            move_batch(value, device)
    return batch


# %% edge: named tuples become plain ones
def move_batch(batch, device):
    if torch.is_tensor(batch):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: move_batch(v, device) for k, v in batch.items()}
    if isinstance(batch, list):
        return [move_batch(b, device) for b in batch]
    if isinstance(batch, tuple):
        return tuple([move_batch(b, device) for b in batch])
    return batch


# %% edge: a copy whatever happens
def move_batch(batch, device):
    if torch.is_tensor(batch):
        return torch.clone(batch.to(device))
    if isinstance(batch, dict):
        return {k: move_batch(v, device) for k, v in batch.items()}
    if isinstance(batch, (list, tuple)):
        parts = [move_batch(b, device) for b in batch]
        return type(batch)(*parts) if hasattr(batch, "_fields") else type(batch)(parts)
    return batch
