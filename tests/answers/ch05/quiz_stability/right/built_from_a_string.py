quiz_stability = dict(enumerate("bcacbbabcb", start=1))
