def load_model(make_net, path):
    net = make_net()
    net.load_state_dict(torch.load(path, map_location=lambda storage, place: storage), assign=True)
    return net.eval()
