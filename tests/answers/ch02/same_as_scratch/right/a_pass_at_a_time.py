import numpy as np


def ks_distance(a, b):
    a, b = np.sort(a.detach().numpy()), np.sort(b.detach().numpy())
    widest = 0.0
    for t in np.concatenate([a, b]):
        gap = np.searchsorted(a, t, side="right") / a.size - np.searchsorted(b, t, side="right") / b.size
        widest = max(widest, abs(gap))
    return widest


def ks_bound(T, error):
    return (2 / T * np.log(4 / error)) ** 0.5


@torch.no_grad()
def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    for net in (scratch, concise):
        net.eval()
    in_eval = (scratch(X) - concise(X)).abs().max() <= 1e-4
    samples = []
    for net in (scratch, concise):
        net.train()
        samples.append(torch.cat([net(X[:1].repeat(1000 if T > 1000 else 1, 1)) for _ in range(T // 1000 if T > 1000 else T)]))
    a, b = (s[:T] for s in samples)
    distances = [ks_distance(a[:, k], b[:, k]) for k in range(a.shape[1])]
    return bool(in_eval), bool(max(distances) <= ks_bound(T, error / len(distances)))
