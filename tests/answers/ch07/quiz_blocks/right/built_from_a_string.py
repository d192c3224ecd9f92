quiz_blocks = dict(enumerate("bcacbbacab", start=1))
