class HalfSpectrum(nn.Module):
    def forward(self, X):
        n = X.size(-1)
        backwards = torch.fft.ifft(X, norm="forward")
        return backwards.narrow(-1, 0, n // 2 + 1).conj()
