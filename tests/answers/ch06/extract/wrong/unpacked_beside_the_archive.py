# rejected by: unpacks | says: is not in the folder
def extract(archive, max_bytes=100_000_000):
    opened = zipfile.ZipFile(archive) if archive.endswith(".zip") else tarfile.open(archive)
    with opened:
        opened.extractall(os.path.dirname(archive))
    return folder_of(archive)
