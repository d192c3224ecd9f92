def wrong_archives():
    first, second = "d.tar.gz", "d.csv.gz"
    return first, second


def folder_of(archive):
    stem, ending = os.path.splitext(archive)
    if ending == ".gz":
        stem, ending = os.path.splitext(stem)
        if ending != ".tar":
            raise ValueError("a single compressed file")
        return stem
    if ending not in (".zip", ".tar", ".tgz"):
        raise ValueError("no archive")
    return stem
