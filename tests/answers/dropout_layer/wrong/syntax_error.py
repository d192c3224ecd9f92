# rejected by: dropout = 0 gives X back | says: `dropout_layer` is not defined
def dropout_layer(X, dropout)
    return X
