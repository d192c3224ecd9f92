# rejected by: keeps_all_at_zero | says: still open
def dropout_layer(X, dropout):
    raise NotImplementedError()
