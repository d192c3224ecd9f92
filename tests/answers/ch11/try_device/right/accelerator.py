def try_device(i=0):
    if not torch.accelerator.is_available() or not 0 <= i < torch.accelerator.device_count():
        return torch.device("cpu")
    kind = torch.accelerator.current_accelerator().type
    return torch.device(kind, i) if kind == "cuda" else torch.device(kind)
