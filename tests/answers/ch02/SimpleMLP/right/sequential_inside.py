class SimpleMLP(nn.Module):
    def __init__(self, input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Dropout(dropout_prob),
            nn.Linear(hidden_size, hidden_size), nn.ReLU(), nn.Dropout(dropout_prob),
            nn.Linear(hidden_size, output_size),
        )

    def forward(self, X):
        return self.net(X)
