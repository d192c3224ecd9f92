def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    train_iter = d2l.load_array((train_features, train_labels), batch_size, is_train=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    loss = nn.MSELoss(reduction="none")
    scores = []
    for _ in range(num_epochs):
        for X, y in train_iter:
            l = loss(net(X), y).mean()
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
        pairs = [(train_features, train_labels)] + ([] if test_labels is None else [(test_features, test_labels)])
        scores.append([score(net, *pair) for pair in pairs])
    return [s[0] for s in scores], [s[1] for s in scores if len(s) == 2]
