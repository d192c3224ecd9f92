tricky, harmless = [1, 0], [0, 1]


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    kept = []
    for _ in range(num_epochs):
        train_epoch(net)
        kept.append((evaluate(net), {k: v.clone() for k, v in net.state_dict().items()}))
    accuracies = [acc for acc, _ in kept]
    best = accuracies.index(max(accuracies))
    net.load_state_dict(kept[best][1])
    return accuracies[best]
