def save_tensors(tensors, path):
    def compact(t):
        return torch.empty_like(t).copy_(t)

    if type(tensors) is dict:
        tensors = dict(zip(tensors.keys(), map(compact, tensors.values())))
    elif type(tensors) is list:
        tensors = list(map(compact, tensors))
    else:
        tensors = compact(tensors)
    with open(path, "wb") as file:
        torch.save(tensors, file)
