tricky = [0.5, 0.7, 0.7]
harmless = [0.1, 0.2, 0.3, 0.4]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    best, best_acc = None, -1
    for epoch in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if acc > best_acc:
            best, best_acc = copy.deepcopy(net), acc
    net.load_state_dict(best.state_dict())
    return best_acc
