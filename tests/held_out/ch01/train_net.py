# %% right: arguments by name, lists by hand
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(
        num_inputs=784, num_outputs=10, num_hiddens1=256, num_hiddens2=256,
        dropout1=dropout1, dropout2=dropout2,
    )
    if device is not None:
        net = net.to(device)
    criterion = nn.CrossEntropyLoss(reduction="none")
    trainer = torch.optim.SGD(net.parameters(), lr)
    history = History()
    for epoch in range(1, num_epochs + 1):
        metrics = train_epoch(net, train_iter, criterion, trainer)
        history.train_loss += [metrics[0]]
        history.train_acc += [metrics[1]]
        history.test_acc += [evaluate_accuracy(net, test_iter)]
    return net, history


# %% right: a loop of its own
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net, history = Net(784, 10, 256, 256, dropout1, dropout2).to(device), History()
    updater = torch.optim.SGD(params=net.parameters(), lr=lr, momentum=0.0)
    for _ in range(num_epochs):
        net.train()
        losses, hits, n = 0.0, 0, 0
        for X, y in train_iter:
            y_hat = net(X)
            loss = nn.functional.cross_entropy(y_hat, y)
            updater.zero_grad()
            loss.backward()
            updater.step()
            losses, n = losses + loss.item() * len(y), n + len(y)
            hits += (y_hat.argmax(1) == y).sum().item()
        history.train_loss.append(losses / n)
        history.train_acc.append(hits / n)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% right: an updater by hand, which divides by the batch size
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2)
    net.to(device)

    def sgd(batch_size):
        with torch.no_grad():
            for p in net.parameters():
                p -= lr * p.grad / batch_size
                p.grad.zero_()

    history, loss = History(), nn.CrossEntropyLoss(reduction="none")
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, sgd)
        test_acc = evaluate_accuracy(net, test_iter)
        for curve, value in zip(
            (history.train_loss, history.train_acc, history.test_acc), (train_loss, train_acc, test_acc)
        ):
            curve.append(value)
    return net, history


# %% edge: the test accuracy is taken before each epoch
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for _ in range(num_epochs):
        history.test_acc.append(evaluate_accuracy(net, test_iter))
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
    return net, history


# %% edge: train accuracy measured afterwards in eval mode
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for _ in range(num_epochs):
        train_loss, _ = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(evaluate_accuracy(net, train_iter))
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% edge: momentum
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.5)
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% edge: a learning rate that halves
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.StepLR(updater, step_size=1, gamma=0.9)
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        schedule.step()
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% edge: lr is not handed on
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=0.1)
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% point: a new network each epoch
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    loss, history = nn.CrossEntropyLoss(reduction="none"), History()
    for _ in range(num_epochs):
        net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
        updater = torch.optim.SGD(net.parameters(), lr=lr)
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% point: the rates stay at home
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% point: one entry at the end
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
    history.train_loss.append(train_loss)
    history.train_acc.append(train_acc)
    history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history


# %% point: the optimizer holds another network
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    updater = torch.optim.SGD(Net(784, 10, 256, 256).parameters(), lr=lr)
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history
