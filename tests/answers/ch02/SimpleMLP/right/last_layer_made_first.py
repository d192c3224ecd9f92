class SimpleMLP(nn.Module):
    def __init__(self, input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5):
        super().__init__()
        self.out = nn.Linear(hidden_size, output_size)
        self.hidden2 = nn.Linear(hidden_size, hidden_size)
        self.hidden1 = nn.Linear(input_size, hidden_size)
        self.dropout = nn.Dropout(dropout_prob)

    def forward(self, X):
        H = self.dropout(F.relu(self.hidden1(X.flatten(1))))
        return self.out(self.dropout(F.relu(self.hidden2(H))))
