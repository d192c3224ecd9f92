class SimpleMLP(nn.Sequential):
    def __init__(self, input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5):
        block = lambda n: (nn.Linear(n, hidden_size), nn.ReLU(), nn.Dropout(dropout_prob))
        super().__init__(
            nn.Flatten(), *block(input_size), *block(hidden_size), nn.Linear(hidden_size, output_size)
        )
