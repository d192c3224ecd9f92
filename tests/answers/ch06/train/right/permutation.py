def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    optimizer = torch.optim.Adam(net.parameters(), learning_rate, weight_decay=weight_decay)
    train_ls, test_ls = [], []
    for _ in range(num_epochs):
        for rows in torch.randperm(len(train_labels)).split(batch_size):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(train_features[rows]), train_labels[rows]).backward()
            optimizer.step()
        train_ls.append(torch.tensor(score(net, train_features, train_labels)))
        if test_features is not None:
            test_ls.append(torch.tensor(score(net, test_features, test_labels)))
    return train_ls, test_ls
