class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        sizes = [num_inputs, num_hiddens, num_outputs]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, X):
        *hidden, last = self.layers
        for layer in hidden:
            X = layer(X).clamp(min=0)
        return last(X)
