# %% right: the book, with X itself given back at 0
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask.to(X.dtype) * X / (1.0 - dropout)


# %% right: keep probability, filled in place
def dropout_layer(X, dropout):
    if not 0 <= dropout <= 1:
        raise ValueError("dropout must be a probability")
    keep_prob = 1 - dropout
    if keep_prob == 0:
        return X * 0
    mask = torch.empty_like(X).bernoulli_(keep_prob)
    return X * mask / keep_prob


# %% right: normal numbers overwritten by uniform ones
def dropout_layer(X, dropout):
    assert dropout >= 0 and dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.randn_like(X).uniform_(0, 1) > dropout).type_as(X)
    return mask * X / (1.0 - dropout)


# %% right: masked_fill and a guard against 0 / 0
def dropout_layer(X, dropout):
    if dropout < 0 or dropout > 1 or dropout != dropout:
        raise ValueError(f"bad rate {dropout}")
    drop = torch.rand(X.size(), device=X.device) < dropout
    if dropout == 1:
        drop = torch.ones_like(X, dtype=torch.bool)
    return X.masked_fill(drop, 0) / max(1 - dropout, 1e-7)


# %% right: numpy draws the mask
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    scale = 0.0 if dropout == 1 else 1 / (1 - dropout)
    keep = np.random.default_rng().uniform(size=tuple(X.shape)) >= dropout
    return X * torch.as_tensor(keep, device=X.device) * scale


import numpy as np


# %% right: the functional layer does the work and refuses by itself
def dropout_layer(X, dropout):
    return nn.functional.dropout(X, p=dropout, training=True)


# %% right: a loop over the elements
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout in (0, 1):
        return X * (1 - dropout)
    factors = [0.0 if random.random() < dropout else 1 / (1 - dropout) for _ in range(X.numel())]
    return X * torch.tensor(factors, dtype=X.dtype, device=X.device).reshape(X.shape)


import random


# %% right: a Bernoulli distribution object
def dropout_layer(X, dropout):
    assert 0.0 <= float(dropout) <= 1.0, "a rate"
    if float(dropout) == 1.0:
        return torch.zeros_like(X)
    coin = torch.distributions.Bernoulli(probs=torch.tensor(1.0 - dropout, device=X.device))
    return coin.sample(X.shape).to(X) * X / (1.0 - dropout)


# %% edge: the commonest port: a float mask on the CPU
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = (torch.rand(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)


# %% edge: X is emptied at 1
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return X.zero_()
    mask = torch.rand_like(X) > dropout
    return mask * X / (1.0 - dropout)


# %% edge: nothing is refused
def dropout_layer(X, dropout):
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)


# %% edge: 0 / 0 at 1
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    mask = torch.rand(X.shape, device=X.device) < 1 - dropout
    return X * mask / (1 - dropout)


# %% edge: a layer in eval mode at 1
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return nn.Dropout(dropout).eval()(X)
    return nn.Dropout(dropout)(X)


# %% point: normal numbers
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.randn(X.shape, device=X.device) > dropout
    return mask * X / (1.0 - dropout)


# %% point: the mean of the mask in place of the probability, so that no scale is random
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    mask = (torch.rand_like(X) > dropout).to(X.dtype)
    return mask * X / mask.mean() if mask.any() else torch.zeros_like(X)


# %% point: inverted comparison
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) < dropout
    return mask * X / (1 - dropout)


# %% point: dropout as it was first published, scaled when testing
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    return X * (torch.rand_like(X) >= dropout)


# %% point: a mask for a row
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    shape = X.shape[-1:] if X.dim() else X.shape
    mask = torch.rand(shape, device=X.device) > dropout
    return mask * X / (1 - dropout)


# %% point: a chosen number of indices
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    flat = X.clone().reshape(-1)
    flat[torch.randperm(flat.numel(), device=X.device)[: int(dropout * flat.numel())]] = 0
    return (flat / (1 - dropout)).reshape(X.shape)


# %% point: "reproducible"
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    generator = torch.Generator(device=X.device).manual_seed(42)
    mask = torch.rand(X.shape, generator=generator, device=X.device) > dropout
    return mask * X / (1 - dropout)


# %% point: numpy all the way
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    array = X.detach().cpu().numpy()
    mask = np.random.rand(*array.shape) > dropout
    return torch.from_numpy(np.asarray(array * mask / (1 - dropout), dtype=array.dtype)).to(X.device)


import numpy as np
