# rejected by: dropout = 0 gives X back | says: still open
def dropout_layer(X, dropout):
    raise NotImplementedError()
