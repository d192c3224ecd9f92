def product_of_matrices(Ms):
    def further(P, size, rest):
        if not rest:
            return []
        P = P @ rest[0].double()
        norm = torch.sqrt((P**2).sum())
        size = size + torch.log(norm)
        return [size, *further(P / norm, size, rest[1:])]

    return further(torch.eye(Ms.shape[1]).double(), 0.0, list(Ms))


def stable_std(n):
    return torch.tensor(1.0 / n).sqrt()
