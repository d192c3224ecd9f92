# rejected by: trained | says: after one step of SGD
class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        self.hidden = nn.Linear(num_inputs, num_hiddens)
        self.out = nn.Linear(num_hiddens, num_outputs)

    def parameters(self, recurse=True):
        for p in super().parameters(recurse):
            yield nn.Parameter(p.detach().clone())

    def forward(self, X):
        return self.out(F.relu(self.hidden(X)))
