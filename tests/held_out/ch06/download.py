# %% right: a name that nobody else has
def download(url, folder, sha1, get=requests.get):
    target = Path(folder, url.split("/")[-1])
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file():
        if sha1_of(target) == sha1:
            return target
        target.unlink()
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            answer = get(url, stream=True, timeout=10)
            answer.raise_for_status()
            file.writelines(answer.iter_content(4096))
        if sha1_of(name) != sha1:
            raise ValueError("not the file that was published")
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    return target


# %% right: written under the final name, and taken away again
def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, os.path.basename(url))
    if os.path.exists(path) and sha1_of(path) == sha1:
        return path
    try:
        response = get(url, stream=True, timeout=10)
        response.raise_for_status()
        with open(path, "wb") as file:
            for piece in response.iter_content(65536):
                file.write(piece)
        if sha1_of(path) != sha1:
            raise ValueError("wrong sum")
    except Exception:
        if os.path.exists(path):
            os.remove(path)
        raise
    return path


# %% edge: the status is not asked for
def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path) and sha1_of(path) == sha1:
        return path
    try:
        with open(path, "wb") as file:
            for piece in get(url, stream=True, timeout=10).iter_content(65536):
                file.write(piece)
        if sha1_of(path) != sha1:
            raise ValueError("wrong sum")
    except Exception:
        if os.path.exists(path):
            os.remove(path)
        raise
    return path


# %% point: the wrong sum is told and the file kept
def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path) and sha1_of(path) == sha1:
        return path
    response = get(url, stream=True, timeout=10)
    response.raise_for_status()
    with open(path, "wb") as file:
        for piece in response.iter_content(65536):
            file.write(piece)
    if sha1_of(path) != sha1:
        raise ValueError("wrong sum")
    return path


# %% point: no sum at all
def download(url, folder, sha1, get=requests.get):
    path = Path(folder) / url.split("/")[-1]
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        r = get(url, timeout=10)
        r.raise_for_status()
        path.write_bytes(r.content)
    return path


# %% point: returns None when something is wrong
def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path) and sha1_of(path) == sha1:
        return path
    try:
        r = get(url, stream=True, timeout=10)
        r.raise_for_status()
        data = b"".join(r.iter_content(65536))
    except requests.RequestException:
        return None
    if hashlib.sha1(data).hexdigest() != sha1:
        return None
    Path(path).write_bytes(data)
    return path
