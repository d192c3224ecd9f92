quiz_saving = dict(enumerate("bacbacbcba", start=1))
