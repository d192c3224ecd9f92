def load_model(make_net, path):
    state = torch.load(path, map_location="cpu")
    net = make_net()
    report = net.load_state_dict(state)
    assert not report.missing_keys and not report.unexpected_keys
    net.train(False)
    return net
