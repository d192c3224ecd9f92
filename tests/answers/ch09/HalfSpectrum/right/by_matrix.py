class HalfSpectrum(nn.Module):
    def forward(self, X):
        n = X.shape[-1]
        t = torch.arange(n, dtype=X.dtype)
        k = torch.arange(n // 2 + 1, dtype=X.dtype)
        angle = 2 * torch.pi * torch.outer(t, k) / n
        return torch.complex(X @ torch.cos(angle), -(X @ torch.sin(angle)))
