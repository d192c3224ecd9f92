def repeat_block(factory, n):
    net = nn.Sequential()
    for i in range(n):
        net.add_module(f"block {i}", factory())
    return net
