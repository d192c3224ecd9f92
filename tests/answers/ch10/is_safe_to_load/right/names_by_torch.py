def is_safe_to_load(path):
    path = str(path)
    try:
        with safe_open(path, framework="pt"):
            return True
    except Exception:
        pass
    try:
        with open(path, "rb") as file:
            if not file.read(4).startswith(b"PK"):
                return False
        return not torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except Exception:
        return False
