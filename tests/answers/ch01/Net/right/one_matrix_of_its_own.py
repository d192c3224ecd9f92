class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.rates = (dropout1, dropout2)
        self.lower = nn.Linear(num_inputs, num_hiddens1)
        bound = num_hiddens1**-0.5
        self.W = nn.Parameter(torch.empty(num_hiddens1, num_hiddens2).uniform_(-bound, bound))
        self.b = nn.Parameter(torch.empty(num_hiddens2).uniform_(-bound, bound))
        self.upper = nn.Linear(num_hiddens2, num_outputs)

    def drop(self, H, layer):
        return dropout_layer(H, self.rates[layer]) if self.training else H

    def forward(self, X):
        H = self.drop(torch.relu(self.lower(X.flatten(1))), 0)
        return self.upper(self.drop(torch.relu(H @ self.W + self.b), 1))
