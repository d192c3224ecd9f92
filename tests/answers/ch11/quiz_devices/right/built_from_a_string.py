quiz_devices = dict(enumerate("bacbacabcb", start=1))
