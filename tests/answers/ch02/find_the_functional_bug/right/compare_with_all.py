def is_random_in_eval(net, X):
    mode = net.training
    net.eval()
    a = net(X)
    b = net(X)
    net.train(mode)
    return (a != b).any().item()


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H = F.dropout(F.relu(self.lin1(X.flatten(1))), p=self.dropout1, training=self.training)
        H = F.dropout(F.relu(self.lin2(H)), p=self.dropout2, training=self.training)
        return self.lin3(H)
