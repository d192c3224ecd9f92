def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    rates = {"dropout1": dropout1, "dropout2": dropout2}
    model = Net(num_inputs=784, num_outputs=10, num_hiddens1=256, num_hiddens2=256, **rates)
    model.to(device)
    rows = []
    epoch = 0
    while epoch < num_epochs:
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        row = train_epoch(model, train_iter, nn.CrossEntropyLoss(reduction="none"), optimizer)
        rows.append((*row, evaluate_accuracy(model, test_iter)))
        epoch += 1
    history = History()
    history.train_loss, history.train_acc, history.test_acc = (list(c) for c in zip(*rows))
    return model, history
