def product_of_matrices(Ms):
    growth, P = [], torch.eye(Ms.size(-1))
    for M in Ms:
        P = P @ M
        growth.append(P.norm().log())
        P /= P.norm()
    return torch.cumsum(torch.stack(growth), dim=0).tolist()


def stable_std(n):
    return n**-0.5
