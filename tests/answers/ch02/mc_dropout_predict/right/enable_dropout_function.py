def enable_dropout(module):
    if isinstance(module, nn.Dropout):
        module.train()


@torch.no_grad()
def mc_dropout_predict(net, X, T):
    was_training = net.training
    net.eval().apply(enable_dropout)
    probs = []
    for t in range(T):
        probs.append(F.softmax(net(X), dim=-1))
    net.train(was_training)
    probs = torch.stack(probs)
    return torch.mean(probs, 0), torch.std(probs, 0)
