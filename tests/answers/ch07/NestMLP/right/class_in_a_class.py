class Front(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(20, 64), nn.Linear(64, 32)

    def forward(self, X):
        return torch.relu(self.second(torch.relu(self.first(X))))


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("net", Front())
        self.add_module("linear", nn.Linear(32, 16))

    def forward(self, X):
        H = self.net(X)
        return self.linear(H)
