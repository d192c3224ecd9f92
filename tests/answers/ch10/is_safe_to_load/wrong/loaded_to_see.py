# rejected by: told_apart | says: True for
def is_safe_to_load(path):
    try:
        torch.load(path, weights_only=False)
    except Exception:
        return False
    return True
