def l2_penalty(w):
    total = 0.0
    for value in w.flatten():
        total = total + value * value
    return total / 2
