def log_rmse(net, features, labels):
    with torch.no_grad():
        y_hat = torch.maximum(net(features), torch.ones_like(labels))
        return float(((y_hat.log() - labels.log()) ** 2).mean() ** 0.5)
