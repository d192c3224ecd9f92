def save_model(net, path):
    torch.save(dict(net.named_parameters()) | dict(net.named_buffers()), path)
