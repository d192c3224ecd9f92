# rejected by: moments | says: neither the old file nor the new one
import io


def atomic_save(obj, path):
    buffer, temporary = io.BytesIO(), f"{path}.tmp"
    torch.save(obj, buffer)
    with open(temporary, "wb") as file:
        file.write(buffer.getvalue())
        os.replace(temporary, path)
        file.flush()
        os.fsync(file.fileno())
