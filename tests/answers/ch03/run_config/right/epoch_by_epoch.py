def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(config["num_hiddens"], config["dropout1"], config["dropout2"]).to(device)
    trainer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.0)
    loss = nn.CrossEntropyLoss(reduction="none")
    for _ in range(num_epochs):
        one = train_classifier(net, train_iter, test_iter, loss, 1, trainer, device, quiet=True)
    numbers = {"train_loss": one.train_loss[0], "train_acc": one.train_acc[0]}
    numbers["test_acc"] = evaluate_accuracy(net, test_iter, device)
    numbers["train_acc_eval"] = evaluate_accuracy(net, train_iter, device)
    return dict(**config, seed=seed, num_epochs=num_epochs, lr=lr, **numbers)
