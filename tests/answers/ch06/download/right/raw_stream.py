import shutil


def download(url, folder, sha1, get=requests.get):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    path, part = folder / url.split("/")[-1], folder / "unfinished"
    if not path.exists() or sha1_of(path) != sha1:
        path.unlink(missing_ok=True)
        try:
            with get(url, stream=True, timeout=10) as answer:
                answer.raise_for_status()
                with open(part, "wb") as file:
                    shutil.copyfileobj(answer.raw, file)
            if sha1_of(part) != sha1:
                raise ValueError(url)
        except Exception:
            part.unlink(missing_ok=True)
            raise
        os.rename(part, path)
    return str(path)
