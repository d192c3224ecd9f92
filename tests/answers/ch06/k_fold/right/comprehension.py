def k_fold(k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size, get_net, score):
    def one(i):
        data = get_k_fold_data(k, i, X_train, y_train)
        settings = (num_epochs, learning_rate, weight_decay, batch_size, score)
        return [ls[-1] for ls in train(get_net(data[0].shape[1]), *data, *settings)]

    return tuple(map(list, zip(*(one(i) for i in range(k)))))
