# %% right: one entry that only rises
def times_run(before, after):
    return round((after[1, 1] - before[1, 1]).item())


def set_weights(layer, original):
    with torch.no_grad():
        layer.weight.copy_(original + 1)
        layer.weight[0, 0] = 42


# %% right: the mean without the corner, and the data
def times_run(before, after):
    rises = (after - before).flatten()[1:]
    return int(torch.round(rises.mean()))


def set_weights(layer, original):
    layer.weight.data[:] = original + 1
    layer.weight.data[0, 0] = 42


# %% right: the most common rise, and load_state_dict
from collections import Counter


def times_run(before, after):
    votes = Counter(round(x) for row in (after - before).tolist() for x in row)
    return votes.most_common(1)[0][0]


def set_weights(layer, original):
    wanted = original.detach().clone()
    wanted += 1
    wanted[0, 0] = 42.0
    layer.load_state_dict({"weight": wanted}, strict=False)


# %% right: numpy and the median, and .data assigned
import numpy as np


def times_run(before: torch.Tensor, after: torch.Tensor) -> int:
    return int(np.rint(np.median((after - before).numpy()[1:])))


def set_weights(layer: nn.Linear, original: torch.Tensor) -> None:
    new = original.clone().add_(1)
    new[0, 0] = 42
    layer.weight.data = new


# %% right: the cell is run again until it fits, and loops
def times_run(before, after):
    weights, runs = before.clone(), 0
    while (after[0, 1] - weights[0, 1]).abs() > 0.5:
        weights[:] += 1
        weights[0, 0] = 42
        runs += 1
    return runs


def set_weights(layer, original):
    rows, columns = original.shape
    for i in range(rows):
        for j in range(columns):
            if i == 0 and j == 0:
                layer.weight.data[i, j] = 42
            else:
                layer.weight.data[i, j] = original[i, j] + 1


# %% right: a mask, and where
def times_run(before, after):
    mask = torch.ones_like(before, dtype=torch.bool)
    mask[0, 0] = False
    return round(float((after.double() - before.double())[mask].mean()))


@torch.no_grad()
def set_weights(layer, original):
    corner = torch.zeros_like(original, dtype=torch.bool)
    corner[0, 0] = True
    torch.where(corner, torch.tensor(42.0), original + 1, out=layer.weight.data)


# %% edge: what rounding leaves is cut off
def times_run(before, after):
    return int((after - before)[1, 0])


def set_weights(layer, original):
    with torch.no_grad():
        layer.weight.copy_(original + 1)
        layer.weight[0, 0] = 42


# %% edge: a float
def times_run(before, after):
    return torch.round((after - before)[0, 1]).item()


def set_weights(layer, original):
    layer.weight.data.copy_(original).add_(1)
    layer.weight.data[0, 0] = 42


# %% edge: another Parameter
def times_run(before, after):
    return round((after - before)[-1, -1].item())


def set_weights(layer, original):
    new = original + 1
    new[0, 0] = 42
    layer.weight = nn.Parameter(new)


# %% point: the corner is in the mean, and the cell is the published one
def times_run(before, after):
    return round((after - before).mean().item())


def set_weights(layer, original):
    layer.weight.data[:] += 1
    layer.weight.data[0, 0] = 42


# %% point: the corner is looked at, and the original is spoilt
def times_run(before, after):
    return round((after[0, 0] - before[0, 0]).item())


def set_weights(layer, original):
    layer.weight.data = original
    layer.weight.data += 1
    layer.weight.data[0, 0] = 42


# %% point: always 2, 43 in the corner
def times_run(before, after):
    return 2


def set_weights(layer, original):
    layer.weight.data.copy_(original)
    layer.weight.data[0, 0] = 42
    layer.weight.data[:] += 1
