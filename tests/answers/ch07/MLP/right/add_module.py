class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        self.add_module("first", nn.Linear(num_inputs, num_hiddens))
        self.add_module("activation", nn.ReLU())
        self.add_module("second", nn.Linear(num_hiddens, num_outputs))

    def forward(self, X):
        return self.second(self.activation(self.first(X)))
