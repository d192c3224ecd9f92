def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path) and sha1_of(path) == sha1:
        return path
    total, ok = hashlib.sha1(), False
    try:
        r = get(url, stream=True, timeout=10)
        r.raise_for_status()
        with open(path + "~", "wb") as file:
            for piece in r.iter_content(2**16):
                total.update(piece)
                file.write(piece)
        if total.hexdigest() != sha1:
            raise ValueError("damaged on the way")
        os.replace(path + "~", path)
        ok = True
    finally:
        for name in (path + "~",) if ok else (path + "~", path):
            if os.path.exists(name):
                os.remove(name)
    return path
