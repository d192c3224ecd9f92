def queue_of(device):
    return torch.cuda.current_stream(device) if device.type == "cuda" else None


def timed(function, device):
    def now():
        if device.type == "mps":
            torch.mps.synchronize()
        elif queue := queue_of(device):
            queue.synchronize()
        return time.perf_counter()

    t0 = now()
    out = function()
    return out, now() - t0
