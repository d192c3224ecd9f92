# %% right: rfft along the last axis
class HalfSpectrum(nn.Module):
    def __init__(self):
        super(HalfSpectrum, self).__init__()

    def forward(self, x):
        return torch.fft.rfft(x, dim=-1, norm="backward")


# %% right: all of them, cut
class HalfSpectrum(nn.Module):
    def forward(self, x):
        n = x.shape[-1]
        return torch.fft.fft(x)[..., 0 : n // 2 + 1].contiguous()


# %% right: the sum by hand, in double precision
class HalfSpectrum(nn.Module):
    def forward(self, x):
        n = x.size(-1)
        t, k = torch.arange(n).double(), torch.arange(n // 2 + 1).double()
        matrix = torch.exp(-2j * torch.pi * t[:, None] * k[None, :] / n)
        out = x.to(torch.complex128) @ matrix
        return out.to(torch.complex64 if x.dtype == torch.float32 else torch.complex128)


# %% edge: always single precision
class HalfSpectrum(nn.Module):
    def forward(self, x):
        return torch.fft.rfft(x).to(torch.complex64)


# %% edge: a matrix of examples only
class HalfSpectrum(nn.Module):
    def forward(self, x):
        rows, n = x.shape
        return torch.fft.fft(x)[:, : n // 2 + 1]


# %% point: half of n, as it is written
class HalfSpectrum(nn.Module):
    def forward(self, x):
        c = torch.fft.fft(x)
        return c[..., : c.shape[-1] // 2]


# %% point: sizes
class HalfSpectrum(nn.Module):
    def forward(self, x):
        return torch.abs(torch.fft.rfft(x))


# %% point: scaled by the root of n
class HalfSpectrum(nn.Module):
    def forward(self, x):
        return torch.fft.rfft(x) / x.shape[-1] ** 0.5


# %% point: odd lengths lose one
class HalfSpectrum(nn.Module):
    def forward(self, x):
        n = x.shape[-1] - x.shape[-1] % 2
        return torch.fft.rfft(x[..., :n])
