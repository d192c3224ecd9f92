def ks_distance(a, b):
    t = torch.cat([a, b])
    F_a = (a[None, :] <= t[:, None]).double().mean(dim=1)
    F_b = (b[None, :] <= t[:, None]).double().mean(dim=1)
    return float((F_a - F_b).abs().max())


def ks_bound(T, error):
    epsilon = math.sqrt(math.log(4 / error) / (2 * T))
    return 2 * epsilon


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    concise_parameters = list(concise.parameters())
    for i, p in enumerate(scratch.parameters()):
        concise_parameters[i].data.copy_(p.data)
    same_in_eval = torch.allclose(scratch.eval()(X), concise.eval()(X), rtol=0, atol=1e-4)
    rows = X[0].expand(T, -1)
    A, B = scratch.train()(rows).detach(), concise.train()(rows).detach()
    num_logits = A.shape[1]
    for k in range(num_logits):
        if ks_distance(A[:, k], B[:, k]) > ks_bound(T, error / num_logits):
            return same_in_eval, False
    return same_in_eval, True
