class Dropper:
    def __init__(self, rate):
        if not (rate >= 0 and rate <= 1):
            raise ValueError("not a probability")
        self.rate = rate

    def mask(self, like):
        kept = torch.rand(like.size(), device=like.device) > self.rate
        return kept.to(like.dtype)

    def __call__(self, values):
        if self.rate == 1:
            return torch.zeros_like(values)
        return self.mask(values) * values / (1 - self.rate)


def dropout_layer(X, dropout):
    return Dropper(dropout)(X)
