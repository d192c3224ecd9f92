def build_net(dropout1, dropout2):
    net = nn.Sequential(nn.Flatten())
    num_inputs = 784
    for rate in (dropout1, dropout2):
        net.append(nn.Linear(num_inputs, 256))
        net.append(nn.ReLU())
        net.append(nn.Dropout(rate))
        num_inputs = 256
    net.append(nn.Linear(num_inputs, 10))
    return net
