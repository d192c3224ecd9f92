quiz_layers = dict(enumerate("cabbcababc", start=1))
