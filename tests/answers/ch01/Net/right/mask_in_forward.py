class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)

    def forward(self, X):
        H1 = torch.relu(self.lin1(X.view(len(X), -1)))
        if self.training:
            H1 = (
                H1 * (torch.rand(H1.shape, device=H1.device) >= self.dropout1) / (1 - self.dropout1)
            )
        H2 = torch.relu(self.lin2(H1))
        if self.training:
            H2 = (
                H2 * (torch.rand(H2.shape, device=H2.device) >= self.dropout2) / (1 - self.dropout2)
            )
        return self.lin3(H2)
