def generalisation_gap(runs):
    copy = runs.copy()
    copy["gap"] = copy["train_acc_eval"] - copy["test_acc"]
    return copy["gap"]
