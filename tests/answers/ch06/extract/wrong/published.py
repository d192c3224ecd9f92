# rejected by: unpacks | says: that folder is not there
def extract(archive, max_bytes=100_000_000):
    base = os.path.dirname(archive)
    folder, ending = os.path.splitext(archive)
    if ending == ".zip":
        opened = zipfile.ZipFile(archive, "r")
    elif ending in (".tar", ".gz", ".tgz"):
        opened = tarfile.open(archive, "r")
    opened.extractall(folder_of(archive))
    return folder
