# rejected by: fixed_share | says: `fixed_dropout_layer` is not defined
def randn_drop_rate(p):
    return 0.5 * (1 + math.erf(p / math.sqrt(2)))


def wrong_input():
    return torch.ones(1000), 0.0
