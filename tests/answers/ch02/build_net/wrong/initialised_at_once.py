# rejected by: initial_weights | says: weights of up to
def build_net(dropout1, dropout2):
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout1),
        nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout2), nn.Linear(256, 10),
    )
    for layer in net:
        if type(layer) == nn.Linear:
            nn.init.normal_(layer.weight, std=0.01)
    return net
