# %% right: numpy's staircases
def ks_distance(a, b):
    a, b = np.sort(a.detach().numpy()), np.sort(b.detach().numpy())
    both = np.concatenate([a, b])
    cdf_a = np.searchsorted(a, both, side="right") / len(a)
    cdf_b = np.searchsorted(b, both, side="right") / len(b)
    return np.max(np.abs(cdf_a - cdf_b))


def ks_bound(T, error):
    epsilon = np.sqrt(np.log(4 / error) / (2 * T))
    return 2 * epsilon


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    for p, q in zip(scratch.parameters(), concise.parameters()):
        q.data.copy_(p.data)
    with torch.no_grad():
        for net in (scratch, concise):
            net.eval()
        gap = (scratch(X) - concise(X)).abs().max()
        for net in (scratch, concise):
            net.train()
        one = X[0].unsqueeze(0).expand(T, -1)
        a, b = scratch(one), concise(one)
    bound = ks_bound(T, error / a.size(1))
    return bool(gap <= 1e-4), all(ks_distance(x, y) <= bound for x, y in zip(a.T, b.T))


import numpy as np


# %% right: bisect on lists
def ks_distance(a, b):
    a, b = sorted(a.tolist()), sorted(b.tolist())
    share = lambda values, t: bisect.bisect_right(values, t) / len(values)
    return max(abs(share(a, t) - share(b, t)) for t in {*a, *b})


def ks_bound(T, error):
    return (2 * math.log(4 / error) / T) ** 0.5


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    scratch.eval(), concise.eval()
    with torch.no_grad():
        in_eval = torch.allclose(scratch(X), concise(X), rtol=0, atol=1e-4)
        scratch.train(), concise.train()
        many = X[:1].repeat_interleave(T, dim=0)
        a, b = scratch(many), concise(many)
    k = a.shape[1]
    worst = max(ks_distance(a[:, j], b[:, j]) for j in range(k))
    return in_eval, worst <= ks_bound(T, error / k)


import bisect


# %% edge: the error rate is not divided among the logits
def ks_distance(a, b):
    t = torch.cat((a, b))
    F_a = (a <= t.unsqueeze(1)).double().mean(1)
    F_b = (b <= t.unsqueeze(1)).double().mean(1)
    return (F_a - F_b).abs().max().item()


def ks_bound(T, error):
    return math.sqrt(2 * math.log(4 / error) / T)


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    with torch.no_grad():
        scratch.eval(), concise.eval()
        in_eval = bool((scratch(X) - concise(X)).abs().max() <= 1e-4)
        scratch.train(), concise.train()
        rows = X[:1].repeat(T, 1)
        a, b = scratch(rows), concise(rows)
    return in_eval, all(ks_distance(a[:, j], b[:, j]) <= ks_bound(T, error) for j in range(a.shape[1]))


# %% edge: the book's critical value in place of the bound
def ks_distance(a, b):
    t = torch.cat((a, b))
    F_a = (a <= t.unsqueeze(1)).double().mean(1)
    F_b = (b <= t.unsqueeze(1)).double().mean(1)
    return (F_a - F_b).abs().max().item()


def ks_bound(T, error):
    return math.sqrt(-math.log(error / 2) / T)


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    with torch.no_grad():
        scratch.eval(), concise.eval()
        in_eval = bool((scratch(X) - concise(X)).abs().max() <= 1e-4)
        scratch.train(), concise.train()
        rows = X[:1].repeat(T, 1)
        a, b = scratch(rows), concise(rows)
    bound = math.sqrt(2 * math.log(4 * a.shape[1] / error) / T)
    return in_eval, all(ks_distance(a[:, j], b[:, j]) <= bound for j in range(a.shape[1]))


# %% point: both samples sorted and subtracted
def ks_distance(a, b):
    n = min(len(a), len(b))
    return (a.sort().values[:n] - b.sort().values[:n]).abs().max().item()


def ks_bound(T, error):
    return math.sqrt(2 * math.log(4 / error) / T)


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    with torch.no_grad():
        scratch.eval(), concise.eval()
        in_eval = bool((scratch(X) - concise(X)).abs().max() <= 1e-4)
        scratch.train(), concise.train()
        rows = X[:1].repeat(T, 1)
        a, b = scratch(rows), concise(rows)
    bound = ks_bound(T, error / a.shape[1])
    return in_eval, all(ks_distance(a[:, j], b[:, j]) <= bound for j in range(a.shape[1]))


# %% point: means are compared in train mode
def ks_distance(a, b):
    t = torch.cat((a, b))
    F_a = (a <= t.unsqueeze(1)).double().mean(1)
    F_b = (b <= t.unsqueeze(1)).double().mean(1)
    return (F_a - F_b).abs().max().item()


def ks_bound(T, error):
    return math.sqrt(2 * math.log(4 / error) / T)


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    with torch.no_grad():
        scratch.eval(), concise.eval()
        in_eval = bool((scratch(X) - concise(X)).abs().max() <= 1e-4)
        scratch.train(), concise.train()
        rows = X[:1].repeat(T, 1)
        a, b = scratch(rows).mean(0), concise(rows).mean(0)
    return in_eval, bool((a - b).abs().max() <= ks_bound(T, error / len(a)))


# %% point: the whole batch once, in either mode
def ks_distance(a, b):
    t = torch.cat((a, b))
    F_a = (a <= t.unsqueeze(1)).double().mean(1)
    F_b = (b <= t.unsqueeze(1)).double().mean(1)
    return (F_a - F_b).abs().max().item()


def ks_bound(T, error):
    return math.sqrt(2 * math.log(4 / error) / T)


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    with torch.no_grad():
        scratch.eval(), concise.eval()
        in_eval = torch.allclose(scratch(X), concise(X))
        scratch.train(), concise.train()
        a, b = scratch(X), concise(X)
    bound = ks_bound(T, error / a.shape[1])
    return in_eval, all(ks_distance(a[:, j], b[:, j]) <= bound for j in range(a.shape[1]))
