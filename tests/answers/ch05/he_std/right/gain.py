def he_std(n_in):
    return nn.init.calculate_gain("relu") / n_in**0.5
