import shutil


def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, os.path.basename(url))
    if os.path.isfile(target) and sha1_of(target) == sha1:
        return target
    if os.path.isfile(target):
        os.unlink(target)
    with tempfile.TemporaryDirectory() as elsewhere:
        fresh = os.path.join(elsewhere, "file")
        with get(url, stream=True, timeout=10) as r:
            if r.status_code >= 400:
                raise IOError(f"the server says {r.status_code}")
            with open(fresh, "wb") as out:
                for chunk in r.iter_content(2**18):
                    out.write(chunk)
        found = sha1_of(fresh)
        if found != sha1:
            raise ValueError(f"{found} is not {sha1}")
        shutil.move(fresh, target)
    return target
