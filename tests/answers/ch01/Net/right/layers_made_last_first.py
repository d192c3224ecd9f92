class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.logits = nn.Linear(num_hiddens2, num_outputs)
        self.upper = nn.Linear(num_hiddens1, num_hiddens2)
        self.lower = nn.Linear(num_inputs, num_hiddens1)
        self.p = (dropout1, dropout2)
        self.flatten = nn.Flatten()

    def drop(self, H, i):
        return dropout_layer(H, self.p[i]) if self.training else H

    def forward(self, X):
        H = self.drop(self.lower(self.flatten(X)).relu(), 0)
        H = self.drop(self.upper(H).relu(), 1)
        return self.logits(H)
