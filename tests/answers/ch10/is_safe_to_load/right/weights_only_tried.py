def is_safe_to_load(path):
    try:
        with open(path, "rb") as file:
            if file.read(4) != b"PK\x03\x04":
                load_file(path)
                return True
        torch.load(path, map_location="cpu", weights_only=True)
        return True
    except Exception:
        return False
