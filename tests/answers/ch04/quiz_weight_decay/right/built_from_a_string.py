quiz_weight_decay = dict(enumerate("bccbbbcabb", start=1))
