class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.W1, self.b1 = self.drawn(num_inputs, num_hiddens1)
        self.W2, self.b2 = self.drawn(num_hiddens1, num_hiddens2)
        self.W3, self.b3 = self.drawn(num_hiddens2, num_outputs)

    def drawn(self, n_in, n_out):
        bound = n_in**-0.5
        W = torch.empty(n_in, n_out).uniform_(-bound, bound)
        return nn.Parameter(W), nn.Parameter(torch.empty(n_out).uniform_(-bound, bound))

    def forward(self, X):
        H = torch.relu(X.reshape(len(X), -1) @ self.W1 + self.b1)
        if self.training:
            H = dropout_layer(H, self.dropout1)
        H = torch.relu(H @ self.W2 + self.b2)
        if self.training:
            H = dropout_layer(H, self.dropout2)
        return H @ self.W3 + self.b3
