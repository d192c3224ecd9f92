def nothing(device):
    pass


def timed(function, device):
    waits = {"cuda": torch.cuda.synchronize, "mps": lambda device: torch.mps.synchronize()}
    wait = waits.get(device.type, nothing)
    wait(device)
    start = time.monotonic_ns()
    result = function()
    wait(device)
    seconds = (time.monotonic_ns() - start) / 1e9
    return [result, seconds]
