# rejected by: told_apart | says: for
def is_safe_to_load(path):
    return str(path).endswith(".safetensors")
