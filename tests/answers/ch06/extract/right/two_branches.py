def inside(folder, name):
    place = Path(folder, name).resolve()
    return place.is_relative_to(Path(folder).resolve())


def extract(archive, max_bytes=100_000_000):
    folder = folder_of(archive)
    if archive.endswith(".zip"):
        with zipfile.ZipFile(archive) as z:
            if not all(inside(folder, n) for n in z.namelist()):
                raise ValueError("outside")
            if sum(i.file_size for i in z.infolist()) > max_bytes:
                raise ValueError("a bomb")
            z.extractall(folder)
    else:
        with tarfile.open(archive) as t:
            members = t.getmembers()
            for m in members:
                if m.issym() or m.islnk() or m.isdev():
                    raise ValueError("a link")
                if not inside(folder, m.name):
                    raise ValueError("outside")
            if sum(m.size for m in members) > max_bytes:
                raise ValueError("a bomb")
            t.extractall(folder, members, filter="data")
    return folder
