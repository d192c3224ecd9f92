# %% right: one helper for all kinds
def save_tensors(tensors, path):
    def own(x):
        return x.detach().clone(memory_format=torch.contiguous_format)

    kinds = {list: lambda v: [own(x) for x in v], dict: lambda v: {k: own(x) for k, x in v.items()}}
    torch.save(kinds.get(type(tensors), own)(tensors), path)


# %% right: through numpy's copy
def save_tensors(tensors, path):
    if isinstance(tensors, list):
        out = []
        for t in tensors:
            out.append(t.clone())
    elif isinstance(tensors, dict):
        out = {}
        for k in tensors:
            out[k] = tensors[k].clone()
    else:
        out = tensors * 1 if tensors.dtype != torch.bool else tensors.clone()
    with open(path, "wb") as f:
        torch.save(out, f)


# %% right: copied by stacking nothing
def save_tensors(tensors, path):
    copy_of = torch.clone
    if hasattr(tensors, "keys"):
        torch.save(dict((k, copy_of(v)) for k, v in tensors.items()), str(path))
        return
    if isinstance(tensors, torch.Tensor):
        torch.save(copy_of(tensors), str(path))
        return
    torch.save([copy_of(v) for v in tensors], str(path))


# %% edge: just torch.save
def save_tensors(tensors, path):
    torch.save(tensors, path)


# %% edge: only a lone tensor is cloned
def save_tensors(tensors, path):
    if torch.is_tensor(tensors):
        tensors = tensors.clone()
    torch.save(tensors, path)


# %% point: nested in a dictionary
def save_tensors(tensors, path):
    torch.save({"tensors": tensors}, path)


# %% point: numpy's format
def save_tensors(tensors, path):
    with open(path, "wb") as f:
        np = __import__("numpy")
        np.save(f, tensors.numpy())
