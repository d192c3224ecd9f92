def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    net = Net(784, 10, 256, 256, dropout1, dropout2)
    net = net.to(device) if device else net
    optimizer = torch.optim.SGD(net.parameters(), lr)
    criterion = nn.CrossEntropyLoss()
    history = History()
    for _ in range(num_epochs):
        net.train()
        loss_sum, right, n = 0.0, 0, 0
        for X, y in train_iter:
            optimizer.zero_grad()
            scores = net(X)
            loss = criterion(scores, y)
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(y)
            right += (scores.argmax(1) == y).sum().item()
            n += len(y)
        history.train_loss.append(loss_sum / n)
        history.train_acc.append(right / n)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
    return net, history
