class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.register_buffer("dropout", torch.tensor(float(dropout)))

    def forward(self, X):
        if not self.training:
            return X
        out = X / (1 - float(self.dropout)) if self.dropout < 1 else X.clone()
        dropped = X.new_empty(X.shape).uniform_() < float(self.dropout)
        out[dropped] = 0
        return out
