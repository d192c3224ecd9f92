# %% right: kept as a list of pairs
tricky = [0.2, 0.8, 0.5, 0.1]
harmless = [0.1, 0.2]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best_acc, best_state = -1.0, {}
    for _ in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if acc <= best_acc:
            continue
        best_acc = acc
        best_state = {key: value.detach().clone() for key, value in net.state_dict().items()}
    net.load_state_dict(best_state)
    return best_acc


# %% right: serialised in memory
tricky, harmless = (1.0, 0.5), (0.5, 1.0)
import io


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best_acc = None
    for _ in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if best_acc is None or best_acc < acc:
            buffer = io.BytesIO()
            torch.save(net.state_dict(), buffer)
            best_acc = acc
    buffer.seek(0)
    net.load_state_dict(torch.load(buffer))
    return best_acc


# %% point: a copy of the dictionary, not of the tensors
tricky = [0.2, 0.8, 0.5]
harmless = [0.1, 0.2]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best, best_acc = None, -1
    for epoch in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if acc > best_acc:
            best, best_acc = net.state_dict().copy(), acc
    net.load_state_dict(best)
    return best_acc


# %% edge: all zeros
tricky = [0.2, 0.8, 0.5]
harmless = [0.1, 0.2]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best, best_acc = None, 0
    for epoch in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if acc > best_acc:
            best, best_acc = copy.deepcopy(net.state_dict()), acc
    net.load_state_dict(best)
    return best_acc


# %% edge: both examples are tricky
tricky = [0.2, 0.8, 0.5]
harmless = [0.5, 0.2]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best, best_acc = None, None
    for epoch in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if best is None or acc > best_acc:
            best, best_acc = copy.deepcopy(net.state_dict()), acc
    net.load_state_dict(best)
    return best_acc


# %% point: copied once, before the loop
tricky = [0.2, 0.8, 0.5]
harmless = [0.1, 0.2]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best, best_acc = copy.deepcopy(net.state_dict()), 0
    for epoch in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if acc > best_acc:
            best_acc = acc
            best = net.state_dict()
    net.load_state_dict(best)
    return best_acc
