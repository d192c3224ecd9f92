def sha1_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()
