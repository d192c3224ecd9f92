# %% right: the line that everybody knows
def count_parameters(net, trainable_only=False):
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)


# %% right: two returns, and math.prod
def count_parameters(net, trainable_only=False):
    if trainable_only:
        return sum(math.prod(p.shape) for p in net.parameters() if p.requires_grad)
    return sum(math.prod(p.shape) for p in net.parameters())


# %% right: numpy
import numpy as np


def count_parameters(model, trainable_only=False):
    model_parameters = model.parameters()
    if trainable_only:
        model_parameters = filter(lambda p: p.requires_grad, model_parameters)
    return int(sum([np.prod(p.size()) for p in model_parameters]))


# %% right: modules, parameters, and a set
def count_parameters(net, trainable_only=False):
    total = 0
    counted = set()
    for module in net.modules():
        for p in module._parameters.values():
            if p is None or p in counted:
                continue
            counted.add(p)
            if trainable_only and not p.requires_grad:
                continue
            total += p.nelement()
    return total


# %% right: one long vector
from torch.nn.utils import parameters_to_vector


def count_parameters(net, trainable_only=False):
    params = [p for p in net.parameters() if p.requires_grad] if trainable_only else [*net.parameters()]
    if not params:
        return 0
    return len(parameters_to_vector(params))


# %% right: by the address of the numbers
def count_parameters(net, trainable_only: bool = False) -> int:
    parameters = list(net.parameters())
    if trainable_only:
        parameters = [p for p in parameters if p.requires_grad]
    unique = {p.data_ptr(): p for p in parameters}.values()
    return sum(p.numel() for p in unique)


# %% right: axis by axis
def count_parameters(net, trainable_only=False):
    count = 0
    for name, p in net.named_parameters():
        if not p.requires_grad and trainable_only:
            continue
        n = 1
        for s in list(p.size()):
            n = n * s
        count += n
    return count


# %% edge: a tensor comes back
def count_parameters(net, trainable_only=False):
    total = torch.tensor(0)
    for p in net.parameters():
        if not trainable_only or p.requires_grad:
            total += p.numel()
    return total


# %% point: a matrix that two blocks share counts twice
def count_parameters(net, trainable_only=False):
    return sum(
        p.numel()
        for m in net.modules()
        for p in m.parameters(recurse=False)
        if p.requires_grad or not trainable_only
    )


# %% point: tensors are counted
def count_parameters(net, trainable_only=False):
    return len([p for p in net.parameters() if not trainable_only or p.requires_grad])


# %% point: the numbers of the state dict
def count_parameters(net, trainable_only=False):
    if trainable_only:
        return sum(p.numel() for p in net.parameters() if p.requires_grad)
    return sum(v.numel() for v in net.state_dict().values())


# %% point: frozen ones always left out
def count_parameters(net, trainable_only=False):
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


# %% edge: the argument is not looked at
def count_parameters(net, trainable_only=False):
    return sum(p.numel() for p in net.parameters())
