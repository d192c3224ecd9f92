def plot_sweep(ranking):
    first = ranking.iloc[0]
    figure = AltFigure(
        f"{ranking['tied'].sum()} of {len(ranking)} configurations are tied. The first has "
        f"{first['num_hiddens']} units and the rates {first['dropout1']} and {first['dropout2']}.",
        (7.0, 4.0),
    )
    axes = figure.add_subplot(111)
    heights = list(range(len(ranking), 0, -1))
    mean, h = ranking["mean"], ranking["half_width"]
    axes.hlines(heights, mean - h, mean + h, color="gray")
    for tied in (True, False):
        chosen = [(x, y) for x, y, t in zip(mean, heights, ranking["tied"]) if t == tied]
        if chosen:
            xs, ys = zip(*chosen)
            axes.scatter(xs, ys, marker="o" if tied else "x", color="black", zorder=3)
    labels = [
        f"{int(n)} units, dropout {a}, {b}"
        for n, a, b in zip(ranking["num_hiddens"], ranking["dropout1"], ranking["dropout2"])
    ]
    axes.set_yticks(heights)
    axes.set_yticklabels(labels)
    axes.set_xlabel("test accuracy")
    return figure
