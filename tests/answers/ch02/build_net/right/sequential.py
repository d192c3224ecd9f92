def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(p=dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(p=dropout2), nn.Linear(256, 10),
    )
