from torch.nn import functional as F


class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.num_inputs = num_inputs
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        h = F.relu(self.lin1(X.flatten(start_dim=1)))
        h = F.dropout(h, self.dropout1, training=self.training)
        h = F.relu(self.lin2(h))
        h = F.dropout(h, self.dropout2, training=self.training)
        return self.lin3(h)
