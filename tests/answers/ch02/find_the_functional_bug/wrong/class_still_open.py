# rejected by: modes | says: `FixedMLP` is still open
def is_random_in_eval(net, X):
    was_training = net.training
    net.eval()
    first, second = net(X), net(X)
    net.train(was_training)
    return not torch.equal(first, second)


class FixedMLP(PublishedMLP):
    def forward(self, X):
        raise NotImplementedError()
