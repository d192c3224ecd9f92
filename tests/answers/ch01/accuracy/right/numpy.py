import numpy as np


def accuracy(y_hat, y):
    return np.mean(y_hat.detach().numpy().argmax(axis=1) == y.numpy())
