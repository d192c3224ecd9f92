# rejected by: moments | says: for a moment, there was no file
def atomic_save(obj, path):
    backup = f"{path}.bak"
    if os.path.exists(path):
        os.rename(path, backup)
    try:
        torch.save(obj, path)
        with open(path, "rb") as file:
            os.fsync(file.fileno())
    except BaseException:
        if os.path.exists(backup):
            os.replace(backup, path)
        raise
    if os.path.exists(backup):
        os.remove(backup)
