from torch.utils.data import DataLoader, TensorDataset


def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    loader = DataLoader(TensorDataset(train_features, train_labels), batch_size=batch_size, shuffle=True)
    updater = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    record = {"train": [], "test": []}
    for epoch in range(num_epochs):
        net.train()
        for X, y in loader:
            l = ((net(X) - y) ** 2).mean()
            updater.zero_grad()
            l.backward()
            updater.step()
        record["train"] += [score(net, train_features, train_labels)]
        if test_labels is not None:
            record["test"] += [score(net, test_features, test_labels)]
    return record["train"], record["test"]
