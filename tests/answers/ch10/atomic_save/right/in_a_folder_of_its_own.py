import tempfile


def atomic_save(obj, path):
    path = Path(path)
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        with open(Path(place) / path.name, "wb") as file:
            torch.save(obj, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)
