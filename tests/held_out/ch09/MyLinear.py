# %% right: three lines of torch
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        std = (1.0 / in_units) ** 0.5
        self.weight = nn.Parameter(std * torch.randn((in_units, units)))
        self.bias = nn.Parameter(torch.zeros((units,)))
        self.use_relu = relu

    def forward(self, X):
        Y = torch.matmul(X, self.weight) + self.bias
        if self.use_relu:
            Y = torch.maximum(Y, torch.zeros_like(Y))
        return Y


# %% right: initialised with normal_ on the data
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.in_units, self.units, self.relu = in_units, units, relu
        self.weight = nn.Parameter(torch.empty(in_units, units))
        self.bias = nn.Parameter(torch.empty(units))
        self.weight.data.normal_(0, in_units**-0.5)
        self.bias.data.fill_(0)

    def forward(self, X):
        linear = F.linear(X, self.weight.t(), self.bias)
        return F.relu(linear) if self.relu else linear

    def extra_repr(self):
        return f"{self.in_units}, {self.units}"


# %% right: the activation is a module
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.normal(0, 1 / in_units**0.5, size=(in_units, units)))
        self.bias = nn.Parameter(torch.full((units,), 0.0))
        self.act = nn.ReLU() if relu else nn.Sequential()

    def forward(self, X):
        return self.act(X.matmul(self.weight).add(self.bias))


# %% edge: the start of the book
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.randn(units,))
        self.relu = relu

    def forward(self, X):
        linear = torch.matmul(X, self.weight) + self.bias
        return F.relu(linear) if self.relu else linear


# %% edge: stored as nn.Linear stores it
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, in_units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.relu = relu

    def forward(self, X):
        linear = F.linear(X, self.weight, self.bias)
        return F.relu(linear) if self.relu else linear


# %% edge: a bias of shape (1, units)
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(1, units))
        self.relu = relu

    def forward(self, X):
        linear = X @ self.weight + self.bias
        return F.relu(linear) if self.relu else linear


# %% point: the book's forward
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units,))
        self.relu = relu

    def forward(self, X):
        linear = torch.matmul(X, self.weight.data) + self.bias.data
        return F.relu(linear) if self.relu else linear


# %% point: tensors that ask for gradients, not parameters
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = (torch.randn(in_units, units) / in_units**0.5).requires_grad_()
        self.bias = torch.zeros(units, requires_grad=True)
        self.relu = relu

    def forward(self, X):
        linear = X @ self.weight + self.bias
        return F.relu(linear) if self.relu else linear


# %% point: the ReLU cannot be switched off
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, X):
        return F.relu(X @ self.weight + self.bias)


# %% point: a new Parameter in each call
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.relu = relu

    def forward(self, X):
        W, b = nn.Parameter(self.weight.clone()), nn.Parameter(self.bias.clone())
        out = X @ W + b
        return F.relu(out) if self.relu else out
