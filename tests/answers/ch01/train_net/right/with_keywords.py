def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout2=dropout2, dropout1=dropout1)
    if device is not None:
        net.to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for epoch in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        test_acc = evaluate_accuracy(net, test_iter)
        for curve, value in zip(
            (history.train_loss, history.train_acc, history.test_acc),
            (train_loss, train_acc, test_acc),
        ):
            curve.append(value)
        print(f"{epoch + 1:3d} {train_loss:.3f} {train_acc:.3f} {test_acc:.3f}")
    return net, history
