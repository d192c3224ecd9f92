def load_model(make_net, path):
    net = make_net().eval()
    net.load_state_dict(load_tensors(path))
    return net
