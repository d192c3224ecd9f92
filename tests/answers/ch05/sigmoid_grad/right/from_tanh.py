def sigmoid_grad(x):
    return (1 - torch.tanh(x / 2) ** 2) / 4
