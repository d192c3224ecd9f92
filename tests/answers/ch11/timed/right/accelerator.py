from time import perf_counter


def timed(function, device):
    on_gpu = device.type != "cpu"
    if on_gpu:
        torch.accelerator.synchronize(device)
    begin = perf_counter()
    out = function()
    if on_gpu:
        torch.accelerator.synchronize(device)
    return out, perf_counter() - begin
