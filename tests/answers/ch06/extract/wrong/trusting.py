# rejected by: inside | says: was written outside of the folder
def extract(archive, max_bytes=100_000_000):
    folder = folder_of(archive)
    if archive.endswith(".zip"):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="fully_trusted")
    return folder
