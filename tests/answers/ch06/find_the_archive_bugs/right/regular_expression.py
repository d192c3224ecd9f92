import re


def wrong_archives():
    return "x/data.tar.gz", "x/table.csv.gz"


def folder_of(archive):
    found = re.fullmatch(r"(.+)\.(zip|tar|tar\.gz|tgz)", archive, re.DOTALL)
    if not found:
        raise ValueError(archive)
    return re.sub(r"\.tar$", "", found[1]) if found[2] == "gz" else found[1].removesuffix(".tar") if archive.endswith(".tar.gz") else found[1]
