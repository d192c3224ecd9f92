import shutil


def extract(archive, max_bytes=100_000_000):
    folder = folder_of(archive)
    root = os.path.abspath(folder)
    plan, room = [], max_bytes
    zipped = archive.endswith(".zip")
    with (zipfile.ZipFile if zipped else tarfile.open)(archive) as box:
        for entry in box.infolist() if zipped else box.getmembers():
            name = entry.filename if zipped else entry.name
            goal = os.path.normpath(os.path.join(root, name))
            if not goal.startswith(root + os.sep) or not (zipped or entry.isfile() or entry.isdir()):
                raise RuntimeError(f"refused: {name}")
            room -= entry.file_size if zipped else entry.size
            if not (entry.is_dir() if zipped else entry.isdir()):
                plan.append((entry, goal))
        if room < 0:
            raise RuntimeError("too large")
        for entry, goal in plan:
            os.makedirs(os.path.dirname(goal), exist_ok=True)
            with (box.open(entry) if zipped else box.extractfile(entry)) as source, open(goal, "wb") as out:
                shutil.copyfileobj(source, out)
    return folder
