def download(url, folder, sha1, get=requests.get):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / url.rpartition("/")[2]
    if path.exists():
        if sha1_of(path) == sha1:
            return path
        path.unlink()
    part = path.with_name(path.name + ".tmp")
    try:
        response = get(url, stream=True, timeout=10)
        response.raise_for_status()
        with part.open("wb") as file:
            for piece in response.iter_content(chunk_size=8192):
                file.write(piece)
        assert sha1_of(part) == sha1, "another sum"
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
