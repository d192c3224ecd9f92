class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        sizes = [num_inputs, num_hiddens1, num_hiddens2]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.rates = [dropout1, dropout2]
        self.output = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        H = X.reshape(X.shape[0], -1)
        for layer, rate in zip(self.hidden, self.rates):
            H = layer(H).clamp(min=0)
            if self.training:
                H = dropout_layer(H, rate)
        return self.output(H)
