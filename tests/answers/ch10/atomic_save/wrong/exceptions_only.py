# rejected by: interrupted | says: interrupted, it has left
def atomic_save(obj, path):
    temporary, complete = f"{path}.tmp", True
    try:
        with open(temporary, "wb") as file:
            torch.save(obj, file)
            file.flush()
            os.fsync(file.fileno())
    except Exception:
        complete = False
        os.remove(temporary)
        raise
    finally:
        if complete:
            os.replace(temporary, path)
