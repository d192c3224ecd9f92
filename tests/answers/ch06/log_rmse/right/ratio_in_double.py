@torch.no_grad()
def log_rmse(net, features, labels):
    y_hat = net(features).double()
    y_hat[y_hat < 1] = 1
    ratios = (y_hat / labels.double()).log()
    return (ratios.norm() / len(labels) ** 0.5).item()
