def plot_sweep(ranking):
    names = (
        ranking["num_hiddens"].astype(int).astype(str)
        + " ("
        + ranking["dropout1"].astype(str)
        + ", "
        + ranking["dropout2"].astype(str)
        + ")"
    )
    alt = f"first {names[0]}, {sum(ranking['tied'])} configurations tied"
    figure = AltFigure(alt, (6, 4))
    axes = figure.add_subplot()
    axes.errorbar(ranking["mean"], names, xerr=ranking["half_width"], fmt="none")
    for name, mean, tied in zip(names, ranking["mean"], ranking["tied"], strict=True):
        axes.plot([mean], [name], marker="D" if tied else "v", linestyle="none", color="C1")
    axes.set(xlabel="mean test accuracy")
    axes.yaxis.set_inverted(True)
    return figure
