# %% right: modules do the dropping
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super(Net, self).__init__()
        self.flatten = nn.Flatten()
        self.fc1, self.fc2 = nn.Linear(num_inputs, num_hiddens1), nn.Linear(num_hiddens1, num_hiddens2)
        self.out = nn.Linear(num_hiddens2, num_outputs)
        self.drop1, self.drop2 = nn.Dropout(dropout1), nn.Dropout(dropout2)

    def forward(self, X):
        X = self.drop1(torch.relu(self.fc1(self.flatten(X))))
        return self.out(self.drop2(torch.relu(self.fc2(X))))


# %% right: functional dropout that asks the mode
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.rates = (dropout1, dropout2)
        self.layers = nn.ModuleList(
            nn.Linear(a, b)
            for a, b in [(num_inputs, num_hiddens1), (num_hiddens1, num_hiddens2), (num_hiddens2, num_outputs)]
        )

    def forward(self, x):
        x = x.view(x.size(0), -1)
        for layer, rate in zip(self.layers, self.rates):
            x = nn.functional.dropout(layer(x).clamp(min=0), rate, training=self.training)
        return self.layers[-1](x)


# %% right: a flag that train() keeps up to date
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.num_inputs, self.dropout1, self.dropout2 = num_inputs, dropout1, dropout2
        self.is_training = True
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)
        self.relu = nn.ReLU()

    def train(self, mode=True):
        self.is_training = mode
        return super().train(mode)

    def forward(self, X):
        H1 = self.relu(self.lin1(X.reshape((-1, self.num_inputs))))
        if self.is_training == True:
            H1 = dropout_layer(H1, self.dropout1)
        H2 = self.relu(self.lin2(H1))
        if self.is_training == True:
            H2 = dropout_layer(H2, self.dropout2)
        return self.lin3(H2)


# %% right: lazy layers
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.LazyLinear(num_hiddens1), nn.ReLU(), nn.Dropout(dropout1),
            nn.LazyLinear(num_hiddens2), nn.ReLU(), nn.Dropout(dropout2),
            nn.LazyLinear(num_outputs),
        )

    def forward(self, X):
        return self.net(X)


# %% right: a module of its own around dropout_layer
class Drop(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, H):
        return dropout_layer(H, self.p) if self.training else H


class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        block = lambda a, b, p: [nn.Linear(a, b), nn.ReLU(), Drop(p)]
        self.body = nn.Sequential(
            *block(num_inputs, num_hiddens1, dropout1), *block(num_hiddens1, num_hiddens2, dropout2)
        )
        self.head = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        return self.head(self.body(X.flatten(start_dim=1)))


# %% edge: one bias is left out
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.drop1, self.drop2 = nn.Dropout(dropout1), nn.Dropout(dropout2)
        self.fc1 = nn.Linear(num_inputs, num_hiddens1)
        self.fc2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.fc3 = nn.Linear(num_hiddens2, num_outputs, bias=False)

    def forward(self, X):
        X = self.drop1(self.fc1(X.flatten(1)).relu())
        return self.fc3(self.drop2(self.fc2(X).relu()))


# %% edge: rows only
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.fc1 = nn.Linear(num_inputs, num_hiddens1)
        self.fc2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.fc3 = nn.Linear(num_hiddens2, num_outputs)
        self.d1, self.d2 = nn.Dropout(dropout1), nn.Dropout(dropout2)

    def forward(self, X):
        return self.fc3(self.d2(self.fc2(self.d1(self.fc1(X).relu())).relu()))


# %% edge: Xavier's weights
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.fc1 = nn.Linear(num_inputs, num_hiddens1)
        self.fc2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.fc3 = nn.Linear(num_hiddens2, num_outputs)
        self.d1, self.d2 = nn.Dropout(dropout1), nn.Dropout(dropout2)
        for layer in (self.fc1, self.fc2, self.fc3):
            nn.init.xavier_uniform_(layer.weight)

    def forward(self, X):
        X = X.flatten(1)
        return self.fc3(self.d2(self.fc2(self.d1(self.fc1(X).relu())).relu()))


# %% edge: dropout before ReLU
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Linear(num_inputs, num_hiddens1), nn.Dropout(dropout1), nn.ReLU(),
            nn.Linear(num_hiddens1, num_hiddens2), nn.Dropout(dropout2), nn.ReLU(),
            nn.Linear(num_hiddens2, num_outputs),
        )

    def forward(self, X):
        return self.net(X)


# %% point: the flag that eval() does not know
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5,
        is_training=True,
    ):
        super(Net, self).__init__()
        self.num_inputs, self.training_flag = num_inputs, is_training
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)
        self.relu = nn.ReLU()

    def forward(self, X):
        H1 = self.relu(self.lin1(X.reshape((-1, self.num_inputs))))
        if self.training_flag:
            H1 = dropout_layer(H1, self.dropout1)
        H2 = self.relu(self.lin2(H1))
        if self.training_flag:
            H2 = dropout_layer(H2, self.dropout2)
        return self.lin3(H2)


# %% point: nn.Dropout made in forward
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        H = nn.Dropout(self.dropout1)(self.lin1(X.flatten(1)).relu())
        return self.lin3(nn.Dropout(self.dropout2)(self.lin2(H).relu()))


# %% point: F.dropout left to its default
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        H = nn.functional.dropout(self.lin1(X.flatten(1)).relu(), self.dropout1)
        return self.lin3(nn.functional.dropout(self.lin2(H).relu(), self.dropout2))


# %% point: log-probabilities come out
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.fc1 = nn.Linear(num_inputs, num_hiddens1)
        self.fc2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.fc3 = nn.Linear(num_hiddens2, num_outputs)
        self.d1, self.d2 = nn.Dropout(dropout1), nn.Dropout(dropout2)

    def forward(self, X):
        X = X.flatten(1)
        H = self.d2(self.fc2(self.d1(self.fc1(X).relu())).relu())
        return nn.functional.log_softmax(self.fc3(H), dim=1)


# %% point: sigmoids, as in an older book
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.fc1 = nn.Linear(num_inputs, num_hiddens1)
        self.fc2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.fc3 = nn.Linear(num_hiddens2, num_outputs)
        self.d1, self.d2 = nn.Dropout(dropout1), nn.Dropout(dropout2)

    def forward(self, X):
        X = X.flatten(1)
        return self.fc3(self.d2(self.fc2(self.d1(self.fc1(X).sigmoid())).sigmoid()))


# %% point: scaled once more when testing
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        H1 = self.lin1(X.flatten(1)).relu()
        H1 = dropout_layer(H1, self.dropout1) if self.training else H1 * (1 - self.dropout1)
        H2 = self.lin2(H1).relu()
        H2 = dropout_layer(H2, self.dropout2) if self.training else H2 * (1 - self.dropout2)
        return self.lin3(H2)
