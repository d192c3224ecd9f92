tricky = [0.9, 0.1]
harmless = [0.3, 0.3, 0.9]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best_acc = float("-inf")
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "best.pt")
        for epoch in range(num_epochs):
            train_epoch(net)
            if (acc := evaluate(net)) > best_acc:
                torch.save(net.state_dict(), path)
                best_acc = acc
        net.load_state_dict(torch.load(path))
    return best_acc
