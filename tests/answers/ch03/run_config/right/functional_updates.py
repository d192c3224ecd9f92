def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(config["num_hiddens"], config["dropout1"], config["dropout2"])
    net.to(device)
    record = {name: config[name] for name in ("num_hiddens", "dropout1", "dropout2")}
    record |= {"seed": seed, "num_epochs": num_epochs, "lr": lr, "seconds": 0.0}
    for _ in range(num_epochs):
        net.train()
        losses, hits = [], []
        for X, y in train_iter:
            y_hat = net(X.to(device))
            l = nn.functional.cross_entropy(y_hat, y.to(device), reduction="none")
            grads = torch.autograd.grad(l.mean(), list(net.parameters()))
            with torch.no_grad():
                for p, g in zip(net.parameters(), grads, strict=True):
                    p -= lr * g
            losses.append(l.detach())
            hits.append(y_hat.argmax(1) == y.to(device))
    record["train_loss"] = torch.cat(losses).double().mean().item()
    record["train_acc"] = torch.cat(hits).double().mean().item()
    record["train_acc_eval"] = evaluate_accuracy(net, train_iter)
    record["test_acc"] = evaluate_accuracy(net, test_iter)
    return record
