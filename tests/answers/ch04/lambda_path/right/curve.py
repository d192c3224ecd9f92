def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    import copy

    def last(lambd, data):
        start = [copy.deepcopy(p.detach()).requires_grad_() for p in params]
        return train_scratch(lambd, start, train_iter, data, num_epochs, lr)[2][-1][2]

    valid = torch.tensor([last(lambd, valid_iter) for lambd in lambds])
    test = torch.tensor([last(lambd, test_iter) for lambd in lambds])
    best = lambds[int(torch.nan_to_num(valid, nan=float("inf")).argmin())]
    return best, valid, test
