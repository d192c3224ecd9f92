def mc_dropout_predict(net, X, T):
    mode = net.training
    net.eval()
    for name, module in net.named_modules():
        if type(module) is nn.Dropout:
            module.train(True)
    total, squares = 0, 0
    with torch.no_grad():
        for _ in range(T):
            logits = net(X).double()
            p = (logits - logits.logsumexp(1, keepdim=True)).exp()
            total, squares = total + p, squares + p**2
    net.train(mode)
    mean = total / T
    variance = (squares - T * mean**2) / (T - 1)
    return mean.float(), variance.clamp(min=0).sqrt().float()
