quiz_experiments = dict(enumerate("cbcbbcbabbabc", start=1))
