# rejected by: moments | says: neither the old file nor the new one
def atomic_save(obj, path):
    with open(path, "wb") as file:
        torch.save(obj, file)
        file.flush()
        os.fsync(file.fileno())
