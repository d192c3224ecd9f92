# %% right: both ends in one function
def timed(function, device):
    def read():
        if str(device).startswith("cuda"):
            torch.cuda.synchronize(device)
        elif str(device).startswith("mps"):
            torch.mps.synchronize()
        return time.time()

    begin = read()
    value = function()
    return value, read() - begin


# %% right: by number
def timed(function, device):
    if device.type == "cuda":
        torch.cuda.synchronize(device.index)
    if device.type == "mps":
        torch.mps.synchronize()
    t = time.perf_counter_ns()
    out = function()
    if device.type == "cuda":
        torch.cuda.synchronize(device.index)
    if device.type == "mps":
        torch.mps.synchronize()
    return out, (time.perf_counter_ns() - t) * 1e-9


# %% right: getattr
def timed(function, device):
    module = {"cuda": torch.cuda, "mps": torch.mps}.get(device.type)
    arguments = [device] if device.type == "cuda" else []
    if module:
        module.synchronize(*arguments)
    start = time.monotonic()
    result = function()
    if module:
        module.synchronize(*arguments)
    return result, time.monotonic() - start


# %% point: the clock alone
def timed(function, device):
    start = time.time()
    result = function()
    return result, time.time() - start


# %% point: whoever has no GPU gets an error
def timed(function, device):
    torch.cuda.synchronize(device)
    start = time.time()
    result = function()
    torch.cuda.synchronize(device)
    return result, time.time() - start


# %% edge: waits afterwards only
def timed(function, device):
    start = time.perf_counter()
    result = function()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    if device.type == "mps":
        torch.mps.synchronize()
    return result, time.perf_counter() - start


# %% edge: only NVIDIA
def timed(function, device):
    wait = (lambda: torch.cuda.synchronize(device)) if device.type == "cuda" else (lambda: None)
    wait()
    start = time.perf_counter()
    result = function()
    wait()
    return result, time.perf_counter() - start
