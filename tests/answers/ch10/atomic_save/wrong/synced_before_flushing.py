# rejected by: synced | says: no `os.fsync` between
import io


def atomic_save(obj, path):
    buffer, temporary = io.BytesIO(), f"{path}.tmp"
    torch.save(obj, buffer)
    with open(temporary, "wb") as file:
        file.write(buffer.getvalue())
        os.fsync(file.fileno())
    os.replace(temporary, path)
