# rejected by: without dropout there is no variance | says: ZeroDivisionError
def dropout_moments(h, p):
    odds_of_survival = (1 - p) / p
    return h, h**2 / odds_of_survival
