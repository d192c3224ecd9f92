from timeit import default_timer
from torch.cuda import synchronize


class Stopwatch:
    def __init__(self, device):
        self.device = device

    def now(self):
        if self.device.type == "cuda":
            synchronize(self.device)
        if self.device.type == "mps":
            torch.mps.synchronize()
        return default_timer()

    def __enter__(self):
        self.start = self.now()
        return self

    def __exit__(self, *error):
        self.seconds = self.now() - self.start


def timed(function, device):
    with Stopwatch(device) as watch:
        result = function()
    return result, watch.seconds
