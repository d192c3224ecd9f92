# rejected by: modes | says: two passes with the same input give different logits
class Apply(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, X):
        return self.function(X)


def build_net(dropout1, dropout2):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), Apply(lambda H: F.dropout(H, dropout1)),
        nn.Linear(256, 256), nn.ReLU(), Apply(lambda H: F.dropout(H, dropout2)), nn.Linear(256, 10),
    )
