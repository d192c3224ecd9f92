# %% right: zip of two splits after a shuffle
def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    adam = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    first, second = [], []
    while len(first) < num_epochs:
        order = torch.randperm(train_features.shape[0])
        X_parts, y_parts = train_features[order].split(batch_size), train_labels[order].split(batch_size)
        for X, y in zip(X_parts, y_parts):
            loss = torch.mean((net(X) - y).square())
            for p in net.parameters():
                p.grad = None
            loss.backward()
            adam.step()
        first.append(score(net, train_features, train_labels))
        if test_labels is not None:
            second.append(score(net, test_features, test_labels))
    return first, second


# %% right: book with a closure
def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    train_iter = d2l.load_array((train_features, train_labels), batch_size)
    optimizer = torch.optim.Adam(params=net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    history = ([], [])
    data = [(train_features, train_labels), (test_features, test_labels)]
    for _ in range(num_epochs):
        for X, y in train_iter:
            def closure():
                optimizer.zero_grad()
                l = nn.functional.mse_loss(net(X), y)
                l.backward()
                return l
            optimizer.step(closure)
        for record, (features, labels) in zip(history, data):
            if labels is not None:
                record.append(score(net, features, labels))
    return history


# %% edge: fails without test data
def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    train_iter = d2l.load_array((train_features, train_labels), batch_size)
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    a, b = [], []
    for _ in range(num_epochs):
        for X, y in train_iter:
            optimizer.zero_grad()
            nn.functional.mse_loss(net(X), y).backward()
            optimizer.step()
        a.append(score(net, train_features, train_labels))
        b.append(score(net, test_features, test_labels))
    return a, b


# %% edge: always the same order
def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    a, b = [], []
    for _ in range(num_epochs):
        for start in range(0, len(train_labels), batch_size):
            rows = slice(start, start + batch_size)
            optimizer.zero_grad()
            nn.functional.mse_loss(net(train_features[rows]), train_labels[rows]).backward()
            optimizer.step()
        a.append(score(net, train_features, train_labels))
        if test_labels is not None:
            b.append(score(net, test_features, test_labels))
    return a, b


# %% point: a new optimizer in each epoch
def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    train_iter = d2l.load_array((train_features, train_labels), batch_size)
    a, b = [], []
    for _ in range(num_epochs):
        optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
        for X, y in train_iter:
            optimizer.zero_grad()
            nn.functional.mse_loss(net(X), y).backward()
            optimizer.step()
        a.append(score(net, train_features, train_labels))
        if test_labels is not None:
            b.append(score(net, test_features, test_labels))
    return a, b


# %% point: the test data train as well
def train(net, train_features, train_labels, test_features, test_labels,
          num_epochs, learning_rate, weight_decay, batch_size, score):
    X_all, y_all = train_features, train_labels
    if test_labels is not None:
        X_all, y_all = torch.cat([X_all, test_features]), torch.cat([y_all, test_labels])
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    a, b = [], []
    for _ in range(num_epochs):
        for X, y in d2l.load_array((X_all, y_all), batch_size):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(X), y).backward()
            optimizer.step()
        a.append(score(net, train_features, train_labels))
        if test_labels is not None:
            b.append(score(net, test_features, test_labels))
    return a, b
