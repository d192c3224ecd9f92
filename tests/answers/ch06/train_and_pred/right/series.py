def train_and_pred(train_features, test_features, train_labels, test_data, num_epochs, learning_rate,
                   weight_decay, batch_size, get_net, score, to_price=None, path="submission.csv"):
    net = get_net(train_features.shape[1])
    train(net, train_features, train_labels, None, None, num_epochs, learning_rate, weight_decay, batch_size, score)
    preds = net(test_features).detach()
    preds = preds if to_price is None else to_price(preds)
    ids = test_data["Id"].reset_index(drop=True)
    submission = pd.concat([ids, pd.Series(preds.reshape(1, -1)[0].numpy(), name="SalePrice")], axis=1)
    submission.to_csv(path, index=False)
