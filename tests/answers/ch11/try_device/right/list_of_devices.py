def try_device(i=0):
    devices = [torch.device(f"cuda:{n}") for n in range(torch.cuda.device_count())]
    if not devices and torch.backends.mps.is_available():
        devices = [torch.device("mps")]
    if i in range(len(devices)):
        return devices[i]
    return torch.device("cpu")
