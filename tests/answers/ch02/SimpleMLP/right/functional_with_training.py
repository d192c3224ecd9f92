class SimpleMLP(nn.Module):
    def __init__(self, input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5):
        super().__init__()
        self.input_size, self.p = input_size, dropout_prob
        sizes = [input_size, hidden_size, hidden_size, output_size]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))

    def forward(self, X):
        X = X.reshape(-1, self.input_size)
        for layer in self.layers[:-1]:
            X = F.dropout(F.relu(layer(X)), self.p, training=self.training)
        return self.layers[-1](X)
