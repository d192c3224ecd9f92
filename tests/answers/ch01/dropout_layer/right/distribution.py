from torch.distributions import Bernoulli


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    keep = torch.tensor(1.0 - dropout, device=X.device)
    mask = Bernoulli(probs=keep).sample(X.shape)
    return (X * mask / keep).to(X.dtype)
