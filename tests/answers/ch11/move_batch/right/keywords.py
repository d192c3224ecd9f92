def move_batch(batch, device):
    if torch.is_tensor(batch):
        return batch.to(device=device, non_blocking=True)
    if isinstance(batch, tuple) and hasattr(batch, "_make"):
        return batch._make(move_batch(part, device) for part in batch)
    if isinstance(batch, (tuple, list)):
        return type(batch)(move_batch(part, device) for part in batch)
    if isinstance(batch, dict):
        return type(batch)((key, move_batch(batch[key], device)) for key in batch)
    return batch
