class Hidden(nn.Module):
    def __init__(self, inputs, outputs, rate):
        super().__init__()
        self.linear, self.rate = nn.Linear(inputs, outputs), rate

    def forward(self, X):
        H = torch.maximum(self.linear(X), torch.zeros(()))
        return dropout_layer(H, self.rate if self.training else 0.0)


class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.first = Hidden(num_inputs, num_hiddens1, dropout1)
        self.second = Hidden(num_hiddens1, num_hiddens2, dropout2)
        self.last = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        return self.last(self.second(self.first(torch.flatten(X, 1))))
