def ks_distance(a, b):
    values = torch.cat([a, b])
    step = torch.cat([torch.full((len(a),), 1 / len(a)), torch.full((len(b),), -1 / len(b))]).double()
    order = values.argsort()
    gap = step[order].cumsum(0)
    ordered = values[order]
    last_of_its_value = torch.ones(len(values), dtype=torch.bool)
    last_of_its_value[:-1] = ordered[1:] != ordered[:-1]
    return gap[last_of_its_value].abs().max()


def ks_bound(T, error):
    return math.sqrt(-2 * (math.log(error) - math.log(4)) / T)


def logits(net, X, train):
    net.train(train)
    with torch.no_grad():
        return net(X)


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    for p, q in zip(scratch.parameters(), concise.parameters()):
        q.data = p.data.clone()
    difference = logits(scratch, X, False) - logits(concise, X, False)
    one = X[:1].tile(T, 1)
    a, b = logits(scratch, one, True), logits(concise, one, True)
    bound = ks_bound(T, error / a.size(1))
    in_train = all(ks_distance(x, y) <= bound for x, y in zip(a.T, b.T))
    return bool((difference.abs() <= 1e-4).all()), in_train
