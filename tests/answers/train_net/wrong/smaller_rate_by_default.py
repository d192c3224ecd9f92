# rejected by: gradient descent with the learning rate lr, 0.5 when not given | says: its length would fit 0.1 times
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.1, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for epoch in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history
