def k_fold(k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size, get_net, score):
    train_l, valid_l = [], []
    for i in range(k):
        data = get_k_fold_data(k, i, X_train, y_train)
        net = get_net(X_train.shape[-1])
        train_ls, valid_ls = train(net, *data, num_epochs, learning_rate, weight_decay, batch_size, score)
        train_l += [train_ls[-1]]
        valid_l += [valid_ls[-1]]
    return train_l, valid_l
