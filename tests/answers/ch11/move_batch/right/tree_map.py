from torch.utils._pytree import tree_map


def move_batch(batch, device):
    kinds = (list, dict, tuple)

    def moved(part):
        return part.to(device) if isinstance(part, torch.Tensor) else part

    if hasattr(batch, "_fields"):
        return type(batch)(*(move_batch(part, device) for part in batch))
    if isinstance(batch, kinds) and not isinstance(batch, dict):
        return type(batch)([move_batch(part, device) for part in batch])
    if isinstance(batch, dict):
        return {key: move_batch(batch[key], device) for key in batch}
    return tree_map(moved, batch)
