def wrong_archives():
    return ["a.b.tar.gz", "notes.gz"]


def folder_of(archive):
    for ending in (".tar.gz", ".tgz", ".tar", ".zip"):
        if archive[-len(ending):] == ending:
            return archive[: -len(ending)]
    raise ValueError("no archive")
