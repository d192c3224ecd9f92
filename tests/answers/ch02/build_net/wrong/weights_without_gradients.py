# rejected by: gradients | says: gradient
def build_net(dropout1, dropout2):
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout2), nn.Linear(256, 10),
    )
    net[1].weight.requires_grad = False
    return net
