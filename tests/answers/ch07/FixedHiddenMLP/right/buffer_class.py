class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.rand_weight = nn.Buffer(torch.rand(num_inputs, num_inputs))
        self.linear = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        Z = self.linear(torch.relu(self.linear(X).matmul(self.rand_weight) + 1))
        while torch.sum(torch.abs(Z)) > 1:
            Z = Z * 0.5
        return torch.sum(Z)
