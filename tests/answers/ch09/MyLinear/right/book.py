import math


class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super(MyLinear, self).__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) * (1 / math.sqrt(in_units)))
        self.bias = nn.Parameter(
            torch.zeros(
                units,
            )
        )
        self.activation = F.relu if relu else lambda X: X

    def forward(self, X):
        linear = torch.matmul(X, self.weight) + self.bias
        return self.activation(linear)
