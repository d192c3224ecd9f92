import io


def atomic_save(obj, path):
    buffer = io.BytesIO()
    torch.save(obj, buffer)
    path = Path(path)
    beside = path.with_name("." + path.name + ".part")
    done = False
    try:
        with beside.open("wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        done = True
    finally:
        if not done:
            beside.unlink(missing_ok=True)
