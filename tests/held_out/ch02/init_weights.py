# %% right: through .data
def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight.data.normal_(0, 0.01)


# %% right: by the name of the class
def init_weights(m):
    if m.__class__.__name__ == "Linear":
        torch.nn.init.normal_(m.weight, mean=0.0, std=0.01)


# %% right: torch.normal, copied
def init_weights(m):
    if type(m) is nn.Linear:
        with torch.no_grad():
            m.weight.copy_(torch.normal(0.0, 0.01, size=m.weight.shape))


# %% right: truncated at two hundred standard deviations, which is not at all
def init_weights(m):
    match m:
        case nn.Linear():
            nn.init.trunc_normal_(m.weight, std=1e-2)
        case _:
            pass


# %% right: standard normal numbers, made smaller
@torch.no_grad()
def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight.normal_().mul_(0.01)
    return m


# %% edge: the bias is zeroed, as most published code does
def init_weights(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, mean=0, std=0.01)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% edge: another Parameter
def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight = nn.Parameter(torch.randn_like(m.weight) * 0.01)


# %% edge: whatever has a weight
def init_weights(m):
    if hasattr(m, "weight"):
        nn.init.normal_(m.weight, std=0.01)


# %% point: 0.01 taken for the variance
def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, 0, math.sqrt(0.01))


# %% point: uniform between -0.01 and 0.01
def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -0.01, 0.01)


# %% point: Xavier
def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)


# %% point: the first layer only, of a Sequential
def init_weights(m):
    if isinstance(m, nn.Sequential):
        for part in m:
            if isinstance(part, nn.Linear):
                nn.init.normal_(part.weight, std=0.01)
                break
