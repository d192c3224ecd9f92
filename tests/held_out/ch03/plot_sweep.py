# %% right: an errorbar for each row, hollow when not tied
def plot_sweep(ranking):
    best = ranking.iloc[0]
    alt = (
        f"{len(ranking)} configurations with 95 % intervals. First is "
        f"{best['num_hiddens']:.0f}: {best['dropout1']:g}, {best['dropout2']:g}; "
        f"{int(ranking['tied'].sum())} are tied with it."
    )
    figure, axes = empty_panel(alt, len(ranking))
    labels, heights = [], []
    for i, row in ranking.iterrows():
        height = len(ranking) - i
        axes.errorbar(
            row["mean"],
            height,
            xerr=row["half_width"],
            fmt="o",
            color="black",
            mfc="black" if row["tied"] else "none",
        )
        heights.append(height)
        labels.append(f"{row['num_hiddens']:.0f}: {row['dropout1']:g}, {row['dropout2']:g}")
    axes.set_yticks(heights, labels)
    axes.set_xlabel("mean")
    return figure


# %% right: two groups, the axis turned round
def plot_sweep(ranking):
    names = [
        f"{h}: {p:g}, {q:g}"
        for h, p, q in zip(ranking["num_hiddens"], ranking["dropout1"], ranking["dropout2"])
    ]
    tied = ranking["tied"].astype(bool)
    text = f"{names[0]} is the first of {len(names)} configurations. {tied.sum()} of them are tied."
    fig, ax = empty_panel(text, len(ranking))
    y = pd.Series(range(len(ranking)), index=ranking.index)
    for mask, marker, label in ((tied, "o", "tied"), (~tied, "s", "not tied")):
        part = ranking[mask]
        ax.errorbar(
            part["mean"], y[mask], xerr=part["half_width"], fmt=marker, capsize=3, label=label
        )
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel("test accuracy")
    ax.legend()
    return fig


# %% right: hlines and scatter
def plot_sweep(ranking):
    n = len(ranking)
    first = ranking.iloc[0]
    num_tied = ranking["tied"].sum()
    figure = AltFigure(
        f"First: {int(first.num_hiddens)} units with rates {first.dropout1} and {first.dropout2}. "
        f"Tied with it, itself included: {num_tied}.",
        (7.0, 1.5 + n / 4),
    )
    panel = figure.add_subplot()
    y = [n - 1 - i for i in range(n)]
    mean, half = ranking["mean"].to_numpy(), ranking["half_width"].to_numpy()
    panel.hlines(y, mean - half, mean + half, colors="gray")
    for m, height, tied in zip(mean, y, ranking["tied"]):
        panel.scatter([m], [height], marker="D" if tied else "x", color="C0", zorder=3)
    panel.set_yticks(y)
    panel.set_yticklabels(
        [f"{int(r.num_hiddens)}: {r.dropout1}, {r.dropout2}" for r in ranking.itertuples()]
    )
    panel.set_xlabel("mean ± half width of the 95 % interval")
    return figure


# %% right: two points and a line between, drawn with plot
def plot_sweep(ranking):
    n_tied = 0
    ticks = []
    for t in ranking["tied"]:
        if t:
            n_tied = n_tied + 1
    for k in range(len(ranking)):
        row = ranking.iloc[k]
        ticks.append("%d: %g, %g" % (row["num_hiddens"], row["dropout1"], row["dropout2"]))
    fig, ax = empty_panel("Best: " + ticks[0] + ". Tied: " + str(n_tied) + ".", len(ranking))
    for k in range(len(ranking)):
        row = ranking.iloc[k]
        low, high = row["mean"] - row["half_width"], row["mean"] + row["half_width"]
        ax.plot([low, high], [-k, -k], "k-")
        if row["tied"]:
            ax.plot(row["mean"], -k, "ko")
        else:
            ax.plot(row["mean"], -k, "k^")
    ax.set_yticks([-k for k in range(len(ranking))], ticks)
    ax.set_xlabel("mean")
    return fig


# %% right: the table reversed, so that the best is drawn last and highest
def label_of(row):
    return f"{int(row['num_hiddens'])}: {row['dropout1']:.2f}, {row['dropout2']:.2f}"


def plot_sweep(ranking):
    winner, count = label_of(ranking.iloc[0]), int(ranking["tied"].sum())
    figure, axes = empty_panel(f"{winner} comes first, and {count} configurations are tied.", len(ranking))
    upwards = ranking.iloc[::-1].reset_index(drop=True)
    axes.errorbar(upwards["mean"], upwards.index, xerr=upwards["half_width"], fmt="none", ecolor="C7")
    for shape, part in (("*", upwards.query("tied")), ("s", upwards.query("not tied"))):
        axes.plot(part["mean"], part.index, shape, color="C3", linestyle="")
    axes.yaxis.set_ticks(list(upwards.index), [label_of(row) for _, row in upwards.iterrows()])
    axes.set(xlabel="accuracy", title="Sweep")
    return figure


# %% edge: the horizontal axis has no label
def plot_sweep(ranking):
    best = ranking.iloc[0]
    alt = (
        f"First is {best['num_hiddens']:.0f}: {best['dropout1']:g}, {best['dropout2']:g}; "
        f"{int(ranking['tied'].sum())} are tied."
    )
    figure, axes = empty_panel(alt, len(ranking))
    heights = range(len(ranking), 0, -1)
    for height, row in zip(heights, ranking.itertuples()):
        axes.errorbar(row.mean, height, xerr=row.half_width, fmt="o" if row.tied else "s")
    labels = [f"{r.num_hiddens}: {r.dropout1:g}, {r.dropout2:g}" for r in ranking.itertuples()]
    axes.set_yticks(heights, labels)
    return figure


# %% edge: the alt text does not say how many are tied
def plot_sweep(ranking):
    best = ranking.iloc[0]
    alt = f"A ranking. First is {best['num_hiddens']:.0f}: {best['dropout1']:g}, {best['dropout2']:g}."
    figure, axes = empty_panel(alt, len(ranking))
    heights = range(len(ranking), 0, -1)
    for height, row in zip(heights, ranking.to_dict("records")):
        axes.errorbar(row["mean"], height, xerr=row["half_width"], fmt="o" if row["tied"] else "s")
    labels = [f"{r.num_hiddens}: {r.dropout1:g}, {r.dropout2:g}" for r in ranking.itertuples()]
    axes.set_yticks(heights, labels)
    axes.set_xlabel("mean")
    return figure


# %% edge: tied in another colour, with the same marker
def plot_sweep(ranking):
    best = ranking.iloc[0]
    alt = (
        f"First is {best['num_hiddens']:.0f}: {best['dropout1']:g}, {best['dropout2']:g}; "
        f"{int(ranking['tied'].sum())} are tied."
    )
    figure, axes = empty_panel(alt, len(ranking))
    heights = range(len(ranking), 0, -1)
    for height, row in zip(heights, ranking.to_dict("records")):
        color = "green" if row["tied"] else "red"
        axes.errorbar(row["mean"], height, xerr=row["half_width"], fmt="o", color=color)
    labels = [f"{r.num_hiddens}: {r.dropout1:g}, {r.dropout2:g}" for r in ranking.itertuples()]
    axes.set_yticks(heights, labels)
    axes.set_xlabel("mean")
    return figure


# %% point: no intervals
def plot_sweep(ranking):
    best = ranking.iloc[0]
    alt = (
        f"First is {best['num_hiddens']:.0f}: {best['dropout1']:g}, {best['dropout2']:g}; "
        f"{int(ranking['tied'].sum())} are tied."
    )
    figure, axes = empty_panel(alt, len(ranking))
    heights = range(len(ranking), 0, -1)
    for height, row in zip(heights, ranking.to_dict("records")):
        axes.plot(row["mean"], height, "o" if row["tied"] else "s")
    labels = [f"{r.num_hiddens}: {r.dropout1:g}, {r.dropout2:g}" for r in ranking.itertuples()]
    axes.set_yticks(heights, labels)
    axes.set_xlabel("mean")
    return figure
