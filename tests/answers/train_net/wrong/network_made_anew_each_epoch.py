# rejected by: the history has one number an epoch in each list | says: each epoch goes on where the last one ended
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    loss = nn.CrossEntropyLoss(reduction="none")
    history = History()
    for epoch in range(num_epochs):
        net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
        updater = torch.optim.SGD(net.parameters(), lr=lr)
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history
