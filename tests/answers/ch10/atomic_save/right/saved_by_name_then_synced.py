def atomic_save(obj, path):
    new = str(path) + ".new"
    try:
        torch.save(obj, new)
        with open(new, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        if os.path.exists(new):
            os.unlink(new)
