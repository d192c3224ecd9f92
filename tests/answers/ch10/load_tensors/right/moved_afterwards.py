def load_tensors(path, device="cpu"):
    def moved(value):
        if isinstance(value, torch.Tensor):
            return value.to(device)
        if isinstance(value, dict):
            return {name: moved(item) for name, item in value.items()}
        return [moved(item) for item in value]

    return moved(torch.load(path, map_location="cpu"))
