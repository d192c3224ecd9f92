def chimera():
    net = nn.Sequential()
    net.append(NestMLP())
    net.append(nn.Linear(16, 20))
    net.append(FixedHiddenMLP())
    return net
