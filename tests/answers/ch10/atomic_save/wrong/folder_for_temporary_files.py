# rejected by: beside | says: no other file in its folder has all of it
def atomic_save(obj, path):
    handle, temporary = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(obj, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise
