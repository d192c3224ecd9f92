quiz_concise = dict(enumerate("bcabcdbaacac", start=1))
