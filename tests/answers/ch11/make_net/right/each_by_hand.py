def make_net(dropout1=0.2, dropout2=0.5):
    layers = MyLinear(784, 256), MyLinear(256, 256), MyLinear(256, 10, relu=False)
    for layer in layers:
        init_xavier(layer)
    one, two, three = layers
    return MySequential(
        nn.Flatten(1),
        one,
        DropoutLayer(dropout=dropout1),
        two,
        DropoutLayer(dropout=dropout2),
        three,
    )
