def init_weights(m):
    if not isinstance(m, nn.Linear):
        return
    with torch.no_grad():
        m.weight.normal_(mean=0.0, std=0.01)
