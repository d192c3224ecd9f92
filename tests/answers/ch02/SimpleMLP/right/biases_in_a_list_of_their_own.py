class SimpleMLP(nn.Module):
    def __init__(self, input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5):
        super().__init__()
        sizes = [input_size, hidden_size, hidden_size, output_size]
        layers = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.biases = nn.ParameterList([layer.bias for layer in layers[::-1]])
        self.weights = nn.ParameterList([layer.weight for layer in layers])
        self.p = dropout_prob

    def forward(self, X):
        H = X.flatten(1)
        for weight, bias in zip(self.weights[:-1], list(self.biases)[:0:-1]):
            H = F.dropout(F.relu(F.linear(H, weight, bias)), self.p, self.training)
        return F.linear(H, self.weights[-1], self.biases[0])
