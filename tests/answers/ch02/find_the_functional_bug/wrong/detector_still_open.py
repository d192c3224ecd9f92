# rejected by: detects | says: `is_random_in_eval` is still open
def is_random_in_eval(net, X):
    raise NotImplementedError()


class FixedMLP(PublishedMLP):
    def forward(self, X):
        H1 = F.relu(self.lin1(X.flatten(1)))
        H1 = F.dropout(H1, self.dropout1, training=self.training)
        H2 = F.relu(self.lin2(H1))
        H2 = F.dropout(H2, self.dropout2, training=self.training)
        return self.lin3(H2)
