def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")

    def updater(batch_size):
        with torch.no_grad():
            for p in net.parameters():
                p -= lr * p.grad / batch_size
                p.grad.zero_()

    history = History()
    for epoch in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history
