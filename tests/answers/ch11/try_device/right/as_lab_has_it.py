from torch.backends import mps
from torch.cuda import device_count


def try_device(i=0):
    if i < 0 or i >= max(device_count(), 1):
        return torch.device("cpu")
    if device_count():
        return torch.device("cuda", i)
    return torch.device("mps" if mps.is_available() else "cpu")
