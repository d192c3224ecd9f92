def build_net(dropout1, dropout2):
    layers = [nn.Flatten()]
    for width, rate in zip([256, 256], [dropout1, dropout2]):
        layers += [nn.LazyLinear(width), nn.ReLU(), nn.Dropout(rate)]
    return nn.Sequential(*layers, nn.LazyLinear(10))
