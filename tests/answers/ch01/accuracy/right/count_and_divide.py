def accuracy(y_hat, y):
    right = 0
    for scores, label in zip(y_hat, y):
        if scores.argmax() == label:
            right += 1
    return right / len(y)
