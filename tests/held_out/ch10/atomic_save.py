# %% right: a name with the number of the process
def atomic_save(obj, path):
    path = os.fspath(path)
    part = f"{path}.{os.getpid()}.part"
    try:
        f = open(part, "wb")
        try:
            torch.save(obj, f)
            f.flush()
            os.fsync(f.fileno())
        finally:
            f.close()
        os.rename(part, path)
    except:
        if os.path.isfile(part):
            os.unlink(part)
        raise


# %% right: a temporary folder beside
def atomic_save(obj, path):
    path = Path(path).absolute()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as f:
        part = Path(f.name)
        try:
            torch.save(obj, f)
            f.flush()
            os.fdatasync(f.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


# %% right: serialised first
def atomic_save(obj, path):
    import io

    memory = io.BytesIO()
    torch.save(obj, memory)
    part = Path(str(path) + "~")
    try:
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            os.write(fd, memory.getvalue())
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


# %% edge: nobody waits for the disk
def atomic_save(obj, path):
    part = str(path) + ".part"
    try:
        torch.save(obj, part)
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise


# %% edge: rubbish is left behind
def atomic_save(obj, path):
    part = str(path) + ".part"
    with open(part, "wb") as f:
        torch.save(obj, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(part, path)


# %% point: torch.save
def atomic_save(obj, path):
    torch.save(obj, path)


# %% point: the old one is put back if it fails
def atomic_save(obj, path):
    before = Path(path).read_bytes() if os.path.exists(path) else None
    try:
        torch.save(obj, path)
    except BaseException:
        if before is not None:
            Path(path).write_bytes(before)
        raise


# %% point: shutil.copy at the end
def atomic_save(obj, path):
    import shutil

    part = str(path) + ".part"
    try:
        with open(part, "wb") as f:
            torch.save(obj, f)
            f.flush()
            os.fsync(f.fileno())
        shutil.copyfile(part, path)
    finally:
        os.remove(part)
