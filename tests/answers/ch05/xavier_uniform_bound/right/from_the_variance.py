def xavier_uniform_bound(n_in, n_out):
    variance = 2 / (n_in + n_out)
    return torch.tensor(12.0 * variance).sqrt().item() / 2
