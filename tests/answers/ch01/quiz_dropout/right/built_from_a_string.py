quiz_dropout = dict(enumerate("bcbcacbc", start=1))
