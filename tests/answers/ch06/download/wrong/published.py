# rejected by: wrong_sum | says: damaged bytes lies under the final name
def download(url, folder, sha1, get=requests.get):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path):
        return path
    r = get(url, stream=True)
    with open(path, "wb") as file:
        file.write(r.content)
    return path
