# %% right: the statistics module
import statistics


def mean_interval(values):
    values = [float(v) for v in values]
    mean = statistics.fmean(values)
    if len(values) == 1:
        return mean, float("inf")
    return mean, T95[len(values) - 1] * statistics.stdev(values) / len(values) ** 0.5


# %% right: numpy with ddof
import numpy as np


def mean_interval(values):
    x = np.asarray(values, dtype=float)
    n = x.size
    if n < 2:
        return float(x.mean()), float("inf")
    return float(x.mean()), float(T95[n - 1] * x.std(ddof=1) / np.sqrt(n))


# %% right: sums in a loop
def mean_interval(values):
    total = 0.0
    n = 0
    for x in values:
        total += x
        n += 1
    mean = total / n
    if n == 1:
        return float(mean), float("inf")
    squares = 0.0
    for x in values:
        squares += (x - mean) ** 2
    s = (squares / (n - 1)) ** 0.5
    return float(mean), float(T95[n - 1] * s / n**0.5)


# %% right: a pandas Series and its standard error
def mean_interval(values):
    series = pd.Series(list(values), dtype="float64")
    factor = T95.get(series.size - 1)
    half_width = float("inf") if factor is None else factor * series.sem()
    return float(series.mean()), float(half_width)


# %% right: torch in double, and a constant below the function
def mean_interval(values):
    x = torch.tensor(list(values), dtype=torch.float64)
    n = len(x)
    t = {0: math_inf, **T95}[n - 1]
    mean = x.mean()
    s = ((x - mean).pow(2).sum() / max(n - 1, 1)).sqrt()
    return mean.item(), math_inf if n == 1 else (t * s / n**0.5).item()


math_inf = float("inf")


# %% right: float32 tensors, as one learns them
def mean_interval(values):
    x = torch.tensor([float(v) for v in values])
    if len(x) == 1:
        return x.item(), float("inf")
    h = T95[len(x) - 1] * x.std() / len(x) ** 0.5
    return x.mean().item(), h.item()


# %% edge: nan for one run
import numpy as np


def mean_interval(values):
    x = np.array(values, dtype=float)
    n = len(x)
    h = T95.get(n - 1, 1.0) * np.sqrt(((x - x.mean()) ** 2).sum() / np.float64(n - 1)) / np.sqrt(n)
    return float(x.mean()), float(h)


# %% edge: a half width of 0 for one run
def mean_interval(values):
    n = len(values)
    mean = sum(values) / n
    if n == 1:
        return mean, 0.0
    s = (sum((v - mean) ** 2 for v in values) / (n - 1)) ** 0.5
    return mean, T95[n - 1] * s / n**0.5


# %% edge: counts on an index that begins at 0
def mean_interval(values):
    n = len(values)
    mean = sum(values[i] for i in range(n)) / n
    if n == 1:
        return mean, float("inf")
    s = (sum((values[i] - mean) ** 2 for i in range(n)) / (n - 1)) ** 0.5
    return mean, T95[n - 1] * s / n**0.5


# %% point: the standard deviation divided by n, as numpy does by default
import numpy as np


def mean_interval(values):
    n = len(values)
    if n == 1:
        return float(np.mean(values)), float("inf")
    return float(np.mean(values)), float(T95[n - 1] * np.std(list(values)) / np.sqrt(n))


# %% point: the spread of single runs, not divided by the root of n
def mean_interval(values):
    values = pd.Series(values)
    n = len(values)
    if n == 1:
        return float(values.mean()), float("inf")
    return float(values.mean()), float(T95[n - 1] * values.std())
