def sha1_of(path):
    total = hashlib.new("sha1")
    with Path(path).open("rb") as file:
        for piece in iter(lambda: file.read(65536), b""):
            total.update(piece)
    return total.hexdigest()
