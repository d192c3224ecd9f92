# %% right: allclose, and a conditional in forward
def is_random_in_eval(net, X):
    was = net.training
    net.eval()
    with torch.no_grad():
        same = torch.allclose(net(X), net(X))
    net.train(was)
    return not same


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.relu(self.lin1(X.flatten(1)))
        if self.training:
            H1 = F.dropout(H1, self.dropout1)
        H2 = F.relu(self.lin2(H1))
        if self.training:
            H2 = F.dropout(H2, self.dropout2)
        return self.lin3(H2)


# %% right: a few passes against the first
def is_random_in_eval(net, X):
    mode = net.training
    try:
        net.eval()
        first = net(X)
        return any(bool((net(X) != first).any()) for _ in range(4))
    finally:
        net.train(mode)


class FixedMLP(PublishedMLP):
    def forward(self, X):
        drop = lambda H, p: F.dropout(H, p, self.training)
        H = drop(torch.relu(self.lin1(torch.flatten(X, 1))), self.dropout1)
        return self.lin3(drop(torch.relu(self.lin2(H)), self.dropout2))


# %% right: modules made in __init__
def is_random_in_eval(net, X):
    was_training = net.training
    net.eval()
    outs = torch.stack([net(X).detach() for _ in range(3)])
    if was_training:
        net.train()
    return (outs.std(dim=0) > 0).any().item()


class FixedMLP(PublishedMLP):
    def __init__(self, dropout1=0.2, dropout2=0.5):
        super().__init__(dropout1, dropout2)
        self.drop1, self.drop2 = nn.Dropout(dropout1), nn.Dropout(dropout2)

    def forward(self, X):
        H = self.drop1(F.relu(self.lin1(X.reshape(len(X), -1))))
        return self.lin3(self.drop2(F.relu(self.lin2(H))))


# %% edge: the network is left in eval mode
def is_random_in_eval(net, X):
    net.eval()
    return not torch.equal(net(X), net(X))


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.dropout(F.relu(self.lin1(X.flatten(1))), self.dropout1, self.training)
        H2 = F.dropout(F.relu(self.lin2(H1)), self.dropout2, self.training)
        return self.lin3(H2)


# %% point: asked in the mode in which it came
def is_random_in_eval(net, X):
    with torch.no_grad():
        return not torch.equal(net(X), net(X))


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.dropout(F.relu(self.lin1(X.flatten(1))), self.dropout1, self.training)
        H2 = F.dropout(F.relu(self.lin2(H1)), self.dropout2, self.training)
        return self.lin3(H2)


# %% point: looks for nn.Dropout instead of looking at the outputs
def is_random_in_eval(net, X):
    return not any(isinstance(module, nn.Dropout) for module in net.modules())


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.dropout(F.relu(self.lin1(X.flatten(1))), self.dropout1, self.training)
        H2 = F.dropout(F.relu(self.lin2(H1)), self.dropout2, self.training)
        return self.lin3(H2)


# %% point: only the first dropout is fixed
def is_random_in_eval(net, X):
    was = net.training
    net.eval()
    random = not torch.equal(net(X), net(X))
    net.train(was)
    return random


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.dropout(F.relu(self.lin1(X.flatten(1))), self.dropout1, training=self.training)
        H2 = F.dropout(F.relu(self.lin2(H1)), self.dropout2)
        return self.lin3(H2)


# %% point: dropout is gone altogether
def is_random_in_eval(net, X):
    was = net.training
    net.eval()
    random = not torch.equal(net(X), net(X))
    net.train(was)
    return random


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.dropout(F.relu(self.lin1(X.flatten(1))), self.dropout1, training=False)
        return self.lin3(F.dropout(F.relu(self.lin2(H1)), self.dropout2, training=False))
