class parallel_block(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1 = net1
        self.net2 = net2

    def forward(self, X):
        first = self.net1(X).movedim(-1, 0)
        second = self.net2(X).movedim(-1, 0)
        return torch.vstack([first, second]).movedim(0, -1)
