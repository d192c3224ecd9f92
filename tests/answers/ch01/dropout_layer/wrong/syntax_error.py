# rejected by: keeps_all_at_zero | says: `dropout_layer` is not defined
def dropout_layer(X, dropout)
    return X
