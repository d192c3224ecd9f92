# rejected by: safe | says: safetensors
def is_safe_to_load(path):
    try:
        torch.load(path, weights_only=True)
        return True
    except Exception:
        return False
