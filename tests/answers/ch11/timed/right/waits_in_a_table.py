WAITS = {"cuda": torch.cuda.synchronize, "mps": lambda device: torch.mps.synchronize()}


def timed(function, device, waits=WAITS):
    wait = waits.get(device.type, lambda device: None)
    wait(device)
    start = time.perf_counter()
    result = function()
    wait(device)
    return result, time.perf_counter() - start
