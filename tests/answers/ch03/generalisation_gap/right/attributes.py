def generalisation_gap(runs):
    return runs.train_acc_eval.sub(runs.test_acc)
