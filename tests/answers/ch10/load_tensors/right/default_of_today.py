def load_tensors(path, device="cpu"):
    return torch.load(path, device)
