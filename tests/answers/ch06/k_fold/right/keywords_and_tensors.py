def k_fold(k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size, get_net, score):
    result = torch.empty(2, k)
    for fold in range(k):
        a, b, c, d = get_k_fold_data(k, fold, X_train, y_train)
        both = train(get_net(a.size(1)), a, b, c, d, num_epochs=num_epochs, learning_rate=learning_rate,
                     weight_decay=weight_decay, batch_size=batch_size, score=score)
        result[0, fold], result[1, fold] = both[0][-1], both[1][-1]
    return result[0], result[1]
