def product_of_matrices(Ms):
    P, size, logs = None, 0.0, []
    for M in Ms:
        P = M if P is None else torch.mm(P, M)
        biggest = P.abs().max().item()
        P = P / biggest
        size += math.log(biggest)
        logs.append(size + math.log(torch.linalg.norm(P).item()))
    return logs


def stable_std(n):
    return math.sqrt(1 / n)
