def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    losses = {}
    for lambd in lambds:
        own = [p.detach().clone() for p in params]
        for p in own:
            p.requires_grad = True
        w, b, curve = train_scratch(lambd, own, train_iter, test_iter, num_epochs, lr)
        losses[lambd] = (fixed_validation_loss(w, b, valid_iter, lambd), curve[-1][2])
    finite = {k: v[0] for k, v in losses.items() if v[0] == v[0] and v[0] != float("inf")}
    return [
        min(finite, key=finite.get),
        [losses[k][0] for k in lambds],
        [losses[k][1] for k in lambds],
    ]
