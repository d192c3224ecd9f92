# %% right: named modules
def build_net(dropout1, dropout2):
    net = nn.Sequential()
    net.add_module("flatten", nn.Flatten())
    widths = [784, 256, 256]
    for i, rate in enumerate((dropout1, dropout2)):
        net.add_module(f"linear{i}", nn.Linear(widths[i], widths[i + 1]))
        net.add_module(f"relu{i}", nn.ReLU())
        net.add_module(f"dropout{i}", nn.Dropout(p=rate))
    net.add_module("logits", nn.Linear(256, 10))
    return net


# %% right: an ordered dictionary with a nested Sequential
def build_net(dropout1, dropout2):
    hidden = lambda n, p: nn.Sequential(nn.Linear(n, 256), nn.ReLU(inplace=True), nn.Dropout(p))
    return nn.Sequential(
        OrderedDict(
            flat=nn.Flatten(), first=hidden(784, dropout1), second=hidden(256, dropout2), last=nn.Linear(256, 10)
        )
    )


from collections import OrderedDict


# %% right: lazy layers, as in the newer book
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.LazyLinear(256), nn.ReLU(), nn.Dropout(dropout1),
        nn.LazyLinear(256), nn.ReLU(), nn.Dropout(dropout2), nn.LazyLinear(10),
    )


# %% edge: no flattening
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout2), nn.Linear(256, 10),
    )


# %% edge: the last layer without a bias
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout2), nn.Linear(256, 10, bias=False),
    )


# %% point: whole examples vanish: Dropout1d takes rows for channels
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout1d(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout1d(dropout2), nn.Linear(256, 10),
    )


# %% point: one rate for both
def build_net(dropout1, dropout2):
    drop = nn.Dropout(dropout1)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), drop,
        nn.Linear(256, 256), nn.ReLU(), drop, nn.Linear(256, 10),
    )


# %% point: probabilities of keeping
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(1 - dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(1 - dropout2), nn.Linear(256, 10),
    )


# %% point: a softmax at the end
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout2), nn.Linear(256, 10), nn.Softmax(dim=1),
    )


# %% point: alpha dropout
def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.AlphaDropout(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.AlphaDropout(dropout2), nn.Linear(256, 10),
    )
