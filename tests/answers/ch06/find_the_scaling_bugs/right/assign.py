def right_by_luck():
    numbers = np.array([1.0, 5.0, 8.0])
    return list(numbers / numbers.std(ddof=1))


def fixed_scale(frame):
    new = {name: (frame[name] - frame[name].mean()) / frame[name].std(ddof=0) for name in frame.columns[-4:]}
    return frame.assign(**new)
