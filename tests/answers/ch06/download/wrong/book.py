# rejected by: error_page | says: the error page lies under the final name
def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path):
        if sha1_of(path) == sha1:
            return path
    r = get(url, stream=True, verify=True)
    with open(path, "wb") as f:
        f.write(r.content)
    return path
