def save_tensors(tensors, path):
    def alone(value):
        if isinstance(value, dict):
            return {key: alone(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [alone(item) for item in value]
        return value.detach().clone()

    torch.save(alone(tensors), path)
