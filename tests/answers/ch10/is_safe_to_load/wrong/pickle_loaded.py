# rejected by: told_apart | says: True for
def is_safe_to_load(path):
    try:
        with zipfile.ZipFile(path) as packed:
            name = [n for n in packed.namelist() if n.endswith("data.pkl")][0]
            value = pickle.loads(packed.read(name))
    except pickle.UnpicklingError:
        return True
    except Exception:
        with open(path, "rb") as file:
            pickle.load(file)
        return False
    return isinstance(value, dict)
