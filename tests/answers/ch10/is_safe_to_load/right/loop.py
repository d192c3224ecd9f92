def is_safe_to_load(path):
    data = Path(path).read_bytes()
    if data[:2] == b"PK":
        try:
            packed = zipfile.ZipFile(path)
            pickles = [name for name in packed.namelist() if name.endswith("data.pkl")]
            if len(pickles) != 1:
                return False
            for opcode, argument, _ in pickletools.genops(packed.read(pickles[0])):
                if opcode.name in OTHER_WAYS:
                    return False
                if opcode.name == "GLOBAL" and argument not in PLAIN_NAMES:
                    return False
        except Exception:
            return False
        return True
    try:
        load_file(path)
    except Exception:
        return False
    return True
