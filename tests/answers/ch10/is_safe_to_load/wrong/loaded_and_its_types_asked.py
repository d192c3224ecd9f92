# rejected by: told_apart | says: code that runs before they are made
def is_safe_to_load(path):
    try:
        value = torch.load(path, weights_only=False)
        values = value.values() if isinstance(value, dict) else value
        return all(isinstance(item, (torch.Tensor, dict, int, float, str)) for item in values)
    except Exception:
        return False
