def is_random_in_eval(net, X):
    modes = {module: module.training for module in net.modules()}
    net.eval()
    with torch.no_grad():
        twice = net(torch.cat([X, X]))
    for module, mode in modes.items():
        module.training = mode
    first, second = twice.chunk(2)
    return bool((first - second).abs().max() > 1e-4)


class FixedMLP(PublishedMLP):
    def __init__(self, dropout1=0.2, dropout2=0.5):
        super().__init__(dropout1, dropout2)
        self.drop1, self.drop2 = nn.Dropout(dropout1), nn.Dropout(dropout2)

    def forward(self, X):
        H1 = self.drop1(torch.relu(self.lin1(X.flatten(1))))
        return self.lin3(self.drop2(torch.relu(self.lin2(H1))))
