quiz_parameters = dict(enumerate("cbabcbabac", start=1))
