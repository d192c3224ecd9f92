def make_net(dropout1=0.2, dropout2=0.5):
    first = MySequential(MyLinear(784, 256, relu=False), nn.ReLU(), DropoutLayer(dropout1))
    second = MySequential(MyLinear(256, 256), DropoutLayer(dropout2))
    net = MySequential(nn.Flatten(), first, second, MyLinear(256, 10, False))
    net.apply(init_xavier)
    return net
