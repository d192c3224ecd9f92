# rejected by: the mean of h' is h | says: of 20 values differ
def dropout_moments(h, p):
    kept = torch.rand(h.shape) >= p
    h_prime = kept * h / (1 - p)
    return h_prime, (h_prime - h) ** 2
