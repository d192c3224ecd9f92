import io


def save_tensors(tensors, path):
    if isinstance(tensors, torch.Tensor):
        tensors = tensors.clone()
    elif hasattr(tensors, "items"):
        tensors = {name: tensors[name].clone() for name in tensors}
    else:
        tensors = [t.clone() for t in tensors]
    buffer = io.BytesIO()
    torch.save(tensors, buffer)
    Path(path).write_bytes(buffer.getvalue())
