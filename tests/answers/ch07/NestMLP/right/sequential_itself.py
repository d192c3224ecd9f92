class NestMLP(nn.Sequential):
    def __init__(self):
        net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        super().__init__(net, nn.Linear(32, 16))
