def extract(archive, max_bytes=100_000_000):
    folder = folder_of(archive)
    if archive.endswith(".zip"):
        opened = zipfile.ZipFile(archive)
        listed = [(i.filename, i.file_size, True) for i in opened.infolist()]
    else:
        opened = tarfile.open(archive)
        listed = [(m.name, m.size, m.isreg() or m.isdir()) for m in opened.getmembers()]
    with opened:
        total = 0
        for name, size, plain in listed:
            assert plain, "neither file nor folder"
            assert not os.path.isabs(name) and ".." not in name.split("/"), name
            total += size
        assert total <= max_bytes, total
        opened.extractall(folder)
    return folder
