def make_net(dropout1=0.2, dropout2=0.5):
    blocks = [nn.Flatten()]
    for n_in, n_out, rate in ((784, 256, dropout1), (256, 256, dropout2)):
        blocks += [MyLinear(n_in, n_out), DropoutLayer(rate)]
    blocks.append(MyLinear(256, 10, relu=False))
    return MySequential(*blocks).apply(init_xavier)
