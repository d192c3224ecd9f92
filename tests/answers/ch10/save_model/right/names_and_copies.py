def save_model(net, path):
    torch.save({name: value.detach().clone() for name, value in net.state_dict().items()}, path)
