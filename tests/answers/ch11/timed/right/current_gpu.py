def sync(device):
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()


def timed(function, device):
    sync(device)
    begin = time.perf_counter()
    output = function()
    sync(device)
    end = time.perf_counter()
    return output, end - begin
