def plot_sweep(ranking):
    names = [
        f"{row['num_hiddens']:.0f}: {row['dropout1']:g}, {row['dropout2']:g}"
        for _, row in ranking.iterrows()
    ]
    text = f"A sweep. Best: {names[0]}. {int(ranking['tied'].sum())} tied"
    figure = AltFigure(text, (6, 5))
    axes = figure.subplots()
    for place, row in ranking.iterrows():
        low, high = row["mean"] - row["half_width"], row["mean"] + row["half_width"]
        axes.plot([low, high], [-place, -place], color="C0")
        face = "C0" if row["tied"] else "none"
        axes.plot(row["mean"], -place, "o", color="C0", markerfacecolor=face)
    axes.set_yticks([-place for place in range(len(names))], labels=names)
    axes.set_xlabel("accuracy")
    return figure
