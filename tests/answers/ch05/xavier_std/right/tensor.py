def xavier_std(n_in, n_out):
    return torch.tensor(2.0 / (n_in + n_out)).sqrt()
