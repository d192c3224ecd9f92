def evaluate_accuracy(net, data_iter):
    before = net.training
    net.eval()
    n_right = n = 0
    with torch.inference_mode():
        for batch in data_iter:
            images, labels = batch
            n_right += int((net(images).argmax(1) == labels).sum())
            n += labels.numel()
    if before:
        net.train()
    return n_right / n
