# %% right: divided by the norm in each step
def product_of_matrices(Ms):
    P = torch.eye(Ms.shape[1], dtype=Ms.dtype)
    log_size, logs = 0.0, []
    for M in Ms:
        P = P @ M
        norm = P.norm()
        log_size += math.log(norm)
        P = P / norm
        logs.append(log_size)
    return logs


def stable_std(n):
    return 1 / math.sqrt(n)


# %% right: accumulate with a pair
def product_of_matrices(Ms):
    def step(state, M):
        direction, log_size = state
        product = direction @ M
        size = torch.linalg.matrix_norm(product)
        return product / size, log_size + size.log().item()

    n = Ms.shape[-1]
    start = (torch.eye(n, dtype=Ms.dtype, device=Ms.device), 0.0)
    return [log for _, log in itertools.accumulate(Ms, step, initial=start)][1:]


stable_std = lambda n: n**-0.5


# %% right: cumsum at the end, double precision
def product_of_matrices(Ms):
    scales = torch.zeros(len(Ms), dtype=torch.float64)
    P = None
    for t, M in enumerate(Ms.double()):
        P = M.clone() if P is None else P.mm(M)
        scales[t] = torch.sqrt(torch.sum(P * P))
        P /= scales[t]
    return torch.log(scales).cumsum(0).tolist()


def stable_std(n):
    return (1.0 / n) ** 0.5


# %% right: numpy, with the largest element as the scale
import numpy as np


def product_of_matrices(Ms):
    Ms = Ms.detach().cpu().numpy().astype(np.float64)
    P, log_c, out = np.eye(Ms.shape[1]), 0.0, []
    for M in Ms:
        P = P.dot(M)
        c = np.abs(P).max()
        P /= c
        log_c += np.log(c)
        out.append(float(log_c + np.log(np.linalg.norm(P))))
    return out


def stable_std(n):
    return float(np.sqrt(1 / n))


# %% right: a class that remembers
class LogProduct:
    def __init__(self, first):
        self.log = 0.0
        self.direction = first
        self._normalise()

    def _normalise(self):
        norm = torch.linalg.norm(self.direction, "fro")
        self.log = self.log + torch.log(norm).item()
        self.direction = torch.div(self.direction, norm)

    def times(self, M):
        self.direction = torch.matmul(self.direction, M)
        self._normalise()
        return self.log


def product_of_matrices(Ms):
    product = LogProduct(Ms[0])
    return [product.log] + [product.times(M) for M in Ms[1:]]


def stable_std(n):
    variance = 1 / n
    return variance**0.5


# %% right: the given matrices are normalised in place
def product_of_matrices(Ms):
    logs, total = [], 0.0
    P = Ms[0]
    for t in range(len(Ms)):
        if t > 0:
            P = P @ Ms[t]
        norm = P.norm()
        P /= norm
        total += math.log(norm.item())
        logs.append(total)
    return logs


def stable_std(n):
    return 1 / n**0.5


# %% edge: the product first, then the logarithm
def product_of_matrices(Ms):
    P = torch.eye(Ms.shape[1])
    logs = []
    for M in Ms:
        P = P @ M
        logs.append(torch.log(P.norm()).item())
    return logs


def stable_std(n):
    return 1 / n**0.5


# %% point: the norms of the factors are multiplied
def product_of_matrices(Ms):
    return Ms.flatten(1).norm(dim=1).log().cumsum(0).tolist()


def stable_std(n):
    return 1 / n**0.5


# %% edge: a variance where a standard deviation is asked for
def product_of_matrices(Ms):
    P, log_size, logs = torch.eye(Ms.shape[1], dtype=Ms.dtype), 0.0, []
    for M in Ms:
        P = P @ M
        norm = P.norm().item()
        P, log_size = P / norm, log_size + math.log(norm)
        logs.append(log_size)
    return logs


def stable_std(n):
    return 1 / n
