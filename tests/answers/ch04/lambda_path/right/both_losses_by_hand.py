def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    def measure(w, b, data):
        with torch.no_grad():
            return d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), data, d2l.squared_loss)

    best, smallest, valid_losses, test_losses = None, float("inf"), [], []
    for lambd in lambds:
        start = [torch.tensor(p.tolist(), requires_grad=True) for p in params]
        w, b, _ = train_scratch(lambd, start, train_iter, test_iter, num_epochs=num_epochs, lr=lr)
        valid_losses.append(measure(w, b, valid_iter))
        test_losses.append(measure(w, b, test_iter))
        if valid_losses[-1] < smallest:
            best, smallest = lambd, valid_losses[-1]
    return best, valid_losses, test_losses
