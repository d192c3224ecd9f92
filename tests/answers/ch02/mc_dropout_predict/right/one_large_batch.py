def mc_dropout_predict(net, X, T):
    modes = [module.training for module in net.modules()]
    for module in net.modules():
        module.training = isinstance(module, nn.Dropout)
    with torch.inference_mode():
        Y = net(X.repeat(T, *[1] * (X.dim() - 1))).softmax(-1).view(T, len(X), -1)
        std, mean = torch.std_mean(Y, dim=0)
    for module, mode in zip(net.modules(), modes):
        module.training = mode
    return mean, std
