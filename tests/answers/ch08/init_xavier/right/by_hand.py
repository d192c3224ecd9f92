def init_xavier(m):
    if isinstance(m, nn.Linear):
        bound = math.sqrt(6 / (m.in_features + m.out_features))
        nn.init.uniform_(m.weight, -bound, bound)
