def load_tensors(path, device="cpu"):
    with open(path, "rb") as file:
        return torch.load(file, map_location=torch.device(device))
