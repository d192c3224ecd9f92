def load_tensors(path, device="cpu"):
    def place(storage, location):
        return storage if str(device) == "cpu" else None

    if str(device) == "cpu":
        return torch.load(str(path), map_location=place)
    return torch.load(str(path), map_location=device, weights_only=True)
