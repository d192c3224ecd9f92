# rejected by: layers | says: `net.parameters()` is empty
class Net(nn.Module):
    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        self.num_inputs = num_inputs
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.num_outputs = num_outputs
        self.num_hiddens1, self.num_hiddens2 = num_hiddens1, num_hiddens2
        self.relu = nn.ReLU()

    def forward(self, X):
        H1 = self.relu(
            nn.Linear(self.num_inputs, self.num_hiddens1)(X.reshape(-1, self.num_inputs))
        )
        if self.training:
            H1 = dropout_layer(H1, self.dropout1)
        H2 = self.relu(nn.Linear(self.num_hiddens1, self.num_hiddens2)(H1))
        if self.training:
            H2 = dropout_layer(H2, self.dropout2)
        return nn.Linear(self.num_hiddens2, self.num_outputs)(H2)
