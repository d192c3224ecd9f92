# %% right: train_classifier, and a dictionary with two stars
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(**config).to(device)
    trainer = torch.optim.SGD(net.parameters(), lr=lr)
    loss = nn.CrossEntropyLoss(reduction="none")
    h = train_classifier(net, train_iter, test_iter, loss, num_epochs, trainer, device, quiet=True)
    return {
        **config,
        "seed": seed,
        "num_epochs": num_epochs,
        "lr": lr,
        "train_loss": h.train_loss[-1],
        "train_acc": h.train_acc[-1],
        "train_acc_eval": evaluate_accuracy(net, train_iter),
        "test_acc": h.test_acc[-1],
    }


# %% right: the loops of the book, with its Accumulator
def accuracy_of(net, data_iter, device):
    net.eval()
    metric = d2l.Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            X, y = X.to(device), y.to(device)
            metric.add(d2l.accuracy(net(X), y), y.numel())
    return metric[0] / metric[1]


def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(config["num_hiddens"], config["dropout1"], config["dropout2"])
    net = net.to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    trainer = torch.optim.SGD(net.parameters(), lr=lr)
    for epoch in range(num_epochs):
        net.train()
        metric = d2l.Accumulator(3)
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            y_hat = net(X)
            l = loss(y_hat, y)
            trainer.zero_grad()
            l.mean().backward()
            trainer.step()
            metric.add(float(l.sum()), d2l.accuracy(y_hat, y), y.numel())
    record = dict(config)
    record["seed"] = seed
    record["num_epochs"] = num_epochs
    record["lr"] = lr
    record["train_loss"] = metric[0] / metric[2]
    record["train_acc"] = metric[1] / metric[2]
    record["train_acc_eval"] = accuracy_of(net, train_iter, device)
    record["test_acc"] = accuracy_of(net, test_iter, device)
    return record


# %% right: a dataclass, turned into a dictionary
from dataclasses import asdict, dataclass


@dataclass
class Record:
    num_hiddens: int
    dropout1: float
    dropout2: float
    seed: int
    num_epochs: int
    lr: float
    train_loss: float = float("nan")
    train_acc: float = float("nan")
    train_acc_eval: float = float("nan")
    test_acc: float = float("nan")


def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    record = Record(config["num_hiddens"], config["dropout1"], config["dropout2"], seed, num_epochs, lr)
    torch.manual_seed(record.seed)
    net = make_net(record.num_hiddens, record.dropout1, record.dropout2).to(device)
    history = train_classifier(
        net,
        train_iter,
        test_iter,
        nn.functional.cross_entropy,
        num_epochs,
        torch.optim.SGD(net.parameters(), lr),
        device,
        quiet=True,
    )
    record.train_loss = history.train_loss[-1]
    record.train_acc = history.train_acc[-1]
    record.test_acc, record.train_acc_eval = (
        evaluate_accuracy(net, batches) for batches in (test_iter, train_iter)
    )
    return asdict(record)


# %% right: a closure for the step, tensors added up in double
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    keys = ("num_hiddens", "dropout1", "dropout2")
    net = make_net(*(config[k] for k in keys)).to(device)
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    criterion = nn.CrossEntropyLoss()

    for epoch in range(num_epochs):
        net.train(True)
        total = torch.zeros(3, dtype=torch.float64)
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)

            def closure():
                opt.zero_grad(set_to_none=True)
                out = net(X)
                loss = criterion(out, y)
                loss.backward()
                hits = (out.detach().argmax(1) == y).sum()
                total.add_(torch.tensor([loss.item() * len(y), hits.item(), len(y)]))
                return loss

            opt.step(closure)

    @torch.no_grad()
    def measure(batches):
        net.train(False)
        right = [(net(X.to(device)).argmax(-1) == y.to(device)) for X, y in batches]
        return torch.cat(right).double().mean().item()

    loss, acc = (total[:2] / total[2]).tolist()
    return {k: config[k] for k in keys} | dict(
        seed=seed,
        num_epochs=num_epochs,
        lr=lr,
        train_loss=loss,
        train_acc=acc,
        train_acc_eval=measure(train_iter),
        test_acc=measure(test_iter),
    )


# %% right: logs of every epoch, the last one kept; accuracy by counting one by one
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    def evaluate(net, data):
        net.eval()
        correct = count = 0
        with torch.inference_mode():
            for X, y in data:
                predictions = net(X.to(device)).argmax(dim=1).tolist()
                for p, t in zip(predictions, y.tolist()):
                    count += 1
                    if p == t:
                        correct += 1
        net.train()
        return correct / count

    torch.manual_seed(seed)
    hidden, p1, p2 = config["num_hiddens"], config["dropout1"], config["dropout2"]
    net = make_net(num_hiddens=hidden, dropout1=p1, dropout2=p2)
    net.to(device)
    optimizer = torch.optim.SGD(params=net.parameters(), lr=lr)
    logs = []
    for _ in range(num_epochs):
        losses, hits, sizes = [], [], []
        for X, y in train_iter:
            X = X.to(device)
            y = y.to(device)
            optimizer.zero_grad()
            logits = net(X)
            value = nn.functional.cross_entropy(logits, y)
            value.backward()
            optimizer.step()
            losses.append(value.item() * y.shape[0])
            hits.append((logits.argmax(dim=1) == y).sum().item())
            sizes.append(y.shape[0])
        logs.append((sum(losses) / sum(sizes), sum(hits) / sum(sizes)))
    train_loss, train_acc = logs[-1]
    return {
        "num_hiddens": hidden,
        "dropout1": p1,
        "dropout2": p2,
        "seed": seed,
        "num_epochs": num_epochs,
        "lr": lr,
        "train_loss": train_loss,
        "train_acc": train_acc,
        "train_acc_eval": evaluate(net, train_iter),
        "test_acc": evaluate(net, test_iter),
    }


# %% edge: the record is written into config
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(config["num_hiddens"], config["dropout1"], config["dropout2"]).to(device)
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    loss = nn.CrossEntropyLoss()
    history = train_classifier(
        net, train_iter, test_iter, loss, num_epochs, updater, device, quiet=True
    )
    config["seed"] = seed
    config["num_epochs"] = num_epochs
    config["lr"] = lr
    config["train_loss"] = history.train_loss[-1]
    config["train_acc"] = history.train_acc[-1]
    config["train_acc_eval"] = evaluate_accuracy(net, train_iter)
    config["test_acc"] = history.test_acc[-1]
    return config


# %% point: means of batch means, so the small last batch counts as much as the others
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(**config).to(device)
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(num_epochs):
        net.train()
        losses, accs = [], []
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            y_hat = net(X)
            l = nn.functional.cross_entropy(y_hat, y)
            updater.zero_grad()
            l.backward()
            updater.step()
            losses.append(l.item())
            accs.append((y_hat.argmax(1) == y).float().mean().item())
    return {
        **config,
        "seed": seed,
        "num_epochs": num_epochs,
        "lr": lr,
        "train_loss": sum(losses) / len(losses),
        "train_acc": sum(accs) / len(accs),
        "train_acc_eval": evaluate_accuracy(net, train_iter),
        "test_acc": evaluate_accuracy(net, test_iter),
    }


# %% edge: the assertion of the book is kept
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(**config).to(device)
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = train_classifier(
        net, train_iter, test_iter, nn.CrossEntropyLoss(), num_epochs, updater, device, quiet=True
    )
    train_loss = history.train_loss[-1]
    assert train_loss < 100, train_loss
    return {
        **config,
        "seed": seed,
        "num_epochs": num_epochs,
        "lr": lr,
        "train_loss": train_loss,
        "train_acc": history.train_acc[-1],
        "train_acc_eval": evaluate_accuracy(net, train_iter),
        "test_acc": history.test_acc[-1],
    }


# %% point: nobody says eval(), so the last two numbers are of thinned networks
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(**config).to(device)
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(num_epochs):
        loss_sum = hits = n = 0
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            y_hat = net(X)
            l = nn.functional.cross_entropy(y_hat, y)
            updater.zero_grad()
            l.backward()
            updater.step()
            loss_sum += l.item() * len(y)
            hits += (y_hat.argmax(1) == y).sum().item()
            n += len(y)

    def acc(batches):
        hits = n = 0
        with torch.no_grad():
            for X, y in batches:
                hits += (net(X.to(device)).argmax(1) == y.to(device)).sum().item()
                n += len(y)
        return hits / n

    return {
        **config,
        "seed": seed,
        "num_epochs": num_epochs,
        "lr": lr,
        "train_loss": loss_sum / n,
        "train_acc": hits / n,
        "train_acc_eval": acc(train_iter),
        "test_acc": acc(test_iter),
    }


# %% point: the seed is set after the network is made
def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    net = make_net(config["num_hiddens"], config["dropout1"], config["dropout2"]).to(device)
    torch.manual_seed(seed)
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = train_classifier(
        net, train_iter, test_iter, nn.CrossEntropyLoss(), num_epochs, updater, device, quiet=True
    )
    return {
        **config,
        "seed": seed,
        "num_epochs": num_epochs,
        "lr": lr,
        "train_loss": history.train_loss[-1],
        "train_acc": history.train_acc[-1],
        "train_acc_eval": evaluate_accuracy(net, train_iter),
        "test_acc": history.test_acc[-1],
    }
