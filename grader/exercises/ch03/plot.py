"""Chapter 3: the exercise `plot_sweep`. A figure is judged by what is drawn in it, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from grader.checks import expect
from grader.checks.data_frames import CONFIG, Column, Config, drawn_configs, listed
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import uniform
from grader.checks.student import Student

NEAR = 1e-6
TIED = 4
"""How many of the drawn configurations are tied."""


class PlotSweep(Exercise):
    name, points = "plot_sweep", 4
    hints = (
        "One call of `axes.errorbar` for the tied rows and one for the others, each with its own `fmt`. The "
        "height of a row is its index.",
        "`axes.errorbar(part['mean'], part.index, xerr=part['half_width'], fmt='o')`. Height grows upwards, and "
        "the best has index 0: `axes.invert_yaxis()`.",
        "`axes.set_yticks(range(len(ranking)), labels)` with labels such as "
        "`f'{row.num_hiddens}: {row.dropout1:g}, {row.dropout2:g}'` for `row in ranking.itertuples()`, and "
        "`axes.set_xlabel(...)`. Do not set the limits of the axis yourself.",
    )

    _drawing: Drawing | None = None

    def _drawn(self, student: Student) -> Drawing:
        if self._drawing is None:
            self._drawing = drawing_of(student, TIED)
        return self._drawing

    @check("a marker at the mean of each configuration", weight=1.5, essential=True)
    def markers(self, student: Student) -> None:
        """Means go to the horizontal axis, heights to the vertical one."""
        drawing = self._drawn(student)
        for mean, config in zip(drawing.means, drawing.configs, strict=True):
            expect.true(
                bool(drawing.at(mean)),
                seen=f"no marker at {mean:.4g}, the mean of {listed(config)}",
                expected="a marker for each configuration",
                because=drawing.why_no_marker(mean),
            )
        heights = drawing.heights
        expect.true(
            len(set(heights)) == len(heights),
            seen="several configurations at one height",
            expected="a line of its own for each",
        )

    @check("a line from mean − half width to mean + half width", weight=1.5, essential=True)
    def intervals(self, student: Student) -> None:
        """`xerr` of `axes.errorbar` is the half width: it goes that far to each side."""
        drawing = self._drawn(student)
        rows = zip(
            drawing.configs, drawing.means, drawing.half_widths, drawing.heights, strict=True
        )
        for config, mean, half, height in rows:
            low, high = drawing.line(height, mean)
            expect.close(
                [low, high],
                [mean - half, mean + half],
                text=f"for {listed(config)}, a line that ends at {{}}",
                because="no line through the marker" if low == high else "",
                mistakes={
                    "it is half as long as the interval: the half width goes to each side": [
                        mean - half / 2,
                        mean + half / 2,
                    ],
                    "it is twice as long as the interval": [mean - 2 * half, mean + 2 * half],
                    "it goes to one side only": [mean, mean + half],
                    "all lines are as long as the first one": [
                        mean - drawing.half_widths[0],
                        mean + drawing.half_widths[0],
                    ],
                },
            )

    @check("the best on top, in the order of the table")
    def order(self, student: Student) -> None:
        """`axes.invert_yaxis()`, or heights that count downwards."""
        drawing = self._drawn(student)
        bottom, top = drawing.ylim
        places = [(height - bottom) / (top - bottom) for height in drawing.heights]
        expect.true(
            places == sorted(places, reverse=True),
            seen="the best at the bottom" if places == sorted(places) else "another order of lines",
            expected="the first row of the table on top",
        )

    @check("everything is inside the panel")
    def inside(self, student: Student) -> None:
        """matplotlib chooses limits that fit; who sets them must look at every interval."""
        for drawing in (self._drawn(student), drawing_of(student, TIED, low=0.12)):
            low, high = sorted(drawing.xlim)
            for mean, half, config in zip(
                drawing.means, drawing.half_widths, drawing.configs, strict=True
            ):
                expect.true(
                    low <= mean - half + NEAR and mean + half - NEAR <= high,
                    seen=f"an axis from {low:.3g} to {high:.3g} cuts off {listed(config)}, whose interval goes "
                    f"from {mean - half:.3g} to {mean + half:.3g}",
                    expected="all intervals in the picture, whatever the table holds",
                )
            bottom, top = sorted(drawing.ylim)
            expect.true(
                all(bottom < height < top for height in drawing.heights),
                seen="a line outside of the panel, or on its edge",
                expected="all lines inside",
            )

    @check("each line has its three numbers beside it, and the axis a label")
    def labels(self, student: Student) -> None:
        """`axes.set_yticks(heights, labels)` and `axes.set_xlabel(...)`."""
        drawing = self._drawn(student)
        for config, height in zip(drawing.configs, drawing.heights, strict=True):
            texts = [text for place, text in drawing.ticks if abs(place - height) < 0.25]
            expect.true(
                any(names(text, config) for text in texts),
                seen=f"beside the line of {listed(config)} stands {expect.show(' '.join(texts))}",
                expected=f"its three numbers, as in `{config[0]}: {config[1]:g}, {config[2]:g}`",
            )
        expect.true(
            bool(drawing.xlabel.strip()),
            seen="no label on the horizontal axis",
            expected="what is measured",
        )

    @check("ties are told by the shape of the marker, not by colour alone")
    def ties(self, student: Student) -> None:
        """Another `fmt` for those that are told apart: `"o"` and `"s"`, for example."""
        drawing = self._drawn(student)
        kinds = [drawing.at(mean) for mean in drawing.means]
        tied, others = set().union(*kinds[:TIED]), set().union(*kinds[TIED:])
        expect.true(
            not tied & others and bool(tied) and bool(others),
            seen="tied configurations and others have the same marker",
            expected="another shape, or a hollow one",
            because="who sees no colours, or prints in grey, cannot tell them apart",
        )
        for count in (len(kinds), 1):
            drawing = drawing_of(student, count)
            expect.true(
                all(drawing.at(mean) for mean in drawing.means),
                seen=f"with {count} of {len(kinds)} tied, some have no marker",
                expected="a marker for each configuration",
            )

    @check("the alt text says which is first, and how many are tied", weight=0.5)
    def alt_text(self, student: Student) -> None:
        """`AltFigure(alt_text, size)`, with the numbers of `ranking.loc[0]` in the text."""
        drawing = self._drawn(student)
        first = drawing.configs[0]
        expect.true(
            names(drawing.alt_text, first),
            seen=f"the alt text {expect.show(drawing.alt_text)}",
            expected=f"{listed(first)} as the first",
        )
        expect.true(
            "dtype:" not in drawing.alt_text,
            seen="a whole column of the table in the alt text",
            expected=f"how many are tied: {TIED}",
            because="`.sum()` counts the True ones",
        )
        expect.true(
            TIED in numbers_in(drawing.alt_text),
            seen=f"the alt text {expect.show(drawing.alt_text)}",
            expected=f"how many are tied: {TIED}",
            because=f"there is no {TIED} in it",
        )


@dataclass(frozen=True)
class Drawing:
    """What a figure shows of a ranking. points: (x, y, kind of marker). segments: (x0, y0, x1, y1). ticks: labels of
    the vertical axis with their heights.
    """

    configs: list[Config]
    means: list[float]
    half_widths: list[float]
    points: list[tuple[float, float, str]]
    segments: list[list[float]]
    ticks: list[tuple[float, str]]
    xlim: list[float]
    ylim: list[float]
    xlabel: str
    alt_text: str

    def at(self, mean: float) -> set[str]:
        """The kinds of the markers that stand at this mean."""
        return {kind for x, _, kind in self.points if abs(x - mean) < NEAR}

    @property
    def heights(self) -> list[float]:
        """The height of each configuration: that of its marker."""
        found = []
        for mean, config in zip(self.means, self.configs, strict=True):
            ys = [y for x, y, _ in self.points if abs(x - mean) < NEAR]
            if not ys:
                expect.fail(f"no marker for {listed(config)}", "one at its mean")
            found.append(ys[0])
        return found

    def line(self, height: float, mean: float) -> tuple[float, float]:
        """Where the line through a marker begins and ends; twice the mean where there is none."""
        ends = [mean]
        for x0, y0, x1, y1 in self.segments:
            level = abs(y0 - height) < NEAR and abs(y1 - height) < NEAR
            if level and min(x0, x1) <= mean + NEAR and max(x0, x1) >= mean - NEAR:
                ends += [x0, x1]
        return min(ends), max(ends)

    def why_no_marker(self, mean: float) -> str:
        """What is there instead."""
        if any(abs(y - mean) < NEAR for _, y, _ in self.points):
            return "the means are on the vertical axis; they belong on the horizontal one"
        if not self.points:
            return "there are no markers at all: a bar hides its end, and a line without markers its mean"
        return ""


def drawing_of(student: Student, tied: int, low: float = 0.5) -> Drawing:
    """The figure that `plot_sweep` draws of a ranking that is drawn, of which so many are tied."""
    configs = [(width, round(a, 2), round(b, 2)) for width, a, b in drawn_configs(7)]
    # No end of an interval is where another mean is.
    top = uniform(0.86, 0.88) + 0.00011
    means = [top - (top - low) * (place / 6) ** 2 for place in range(7)]
    half_widths = [uniform(0.01, 0.1) + 0.00037 for _ in configs]
    columns: dict[str, Column] = {
        name: [config[place] for config in configs] for place, name in enumerate(CONFIG)
    }
    columns |= {"num_runs": [5] * 7, "mean": means, "half_width": half_widths}
    columns["tied"] = [place < tied for place in range(7)]
    seen = student.run(drawn, columns=columns)
    if not isinstance(seen, dict):
        expect.fail("no figure came back", "an AltFigure: `return figure`")
    shown = expect.record(seen)
    expect.true(
        shown["panels"] == 1, seen=f"{shown['panels']} panels in the figure", expected="one panel"
    )
    return Drawing(
        configs,
        means,
        half_widths,
        [
            (expect.number(x), expect.number(y), str(kind))
            for x, y, kind in map(expect.items, expect.items(shown["points"]))
        ],
        [[expect.number(v) for v in expect.items(s, 4)] for s in expect.items(shown["segments"])],
        [(expect.number(place), str(text)) for place, text in expect.items(shown["ticks"])],
        [expect.number(value) for value in expect.items(shown["xlim"], 2)],
        [expect.number(value) for value in expect.items(shown["ylim"], 2)],
        str(shown["xlabel"]),
        str(shown["alt_text"]),
    )


def names(text: str, config: Config) -> bool:
    """Whether a label has the three numbers, the two rates in their order."""
    width, *rates = config
    numbers = numbers_in(text)
    return width in numbers and [n for n in numbers if n in rates][:2] == rates


def numbers_in(text: str) -> list[float]:
    """The numbers of a text, in their order."""
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


# What follows runs beside a student's code.


def drawn(namespace, columns):
    """What `plot_sweep` draws of this ranking, in the coordinates of its panel; None without a figure."""
    figure = namespace["plot_sweep"](pd.DataFrame(columns))
    if not hasattr(figure, "axes") or not isinstance(figure.axes, list):
        return None
    panels = figure.axes
    if len(panels) != 1:
        return {"panels": len(panels)}
    (axes,) = panels
    places = axes.yaxis.get_majorticklocs()
    texts = axes.yaxis.get_major_formatter().format_ticks(places)
    return {
        "panels": 1,
        "points": points_of(axes),
        "segments": segments_of(axes),
        "ticks": [[float(place), str(text)] for place, text in zip(places, texts)],  # noqa: B905
        "xlim": list(map(float, axes.get_xlim())),
        "ylim": list(map(float, axes.get_ylim())),
        "xlabel": str(axes.get_xlabel()),
        "alt_text": str(getattr(figure, "alt_text", "")),
    }


def points_of(axes):
    """[x, y, kind] of every marker that is drawn."""
    found = []
    for line in axes.lines:
        marker = str(line.get_marker())
        if marker not in ("None", "none", "", " "):
            face = str(line.get_markerfacecolor())
            hollow = face in ("none", "w", "white", "None") or line.get_fillstyle() == "none"
            kind = marker + (" hollow" if hollow else "")
            xs, ys = line.get_data(orig=False)
            found += [[float(x), float(y), kind] for x, y in zip(xs, ys)]  # noqa: B905
    for group in axes.collections:
        if hasattr(group, "get_sizes"):
            outline = group.get_paths()[0].vertices.round(2).tolist() if group.get_paths() else []
            hollow = len(group.get_facecolors()) == 0
            kind = str(outline) + (" hollow" if hollow else "")
            found += [[float(x), float(y), kind] for x, y in group.get_offsets()]
    return found


def segments_of(axes):
    """[x0, y0, x1, y1] of every straight piece of a line."""
    pieces = [group.get_segments() for group in axes.collections if hasattr(group, "get_segments")]
    chains = [chain for group in pieces for chain in group]
    for line in axes.lines:
        if str(line.get_linestyle()) not in ("None", "none", "", " "):
            chains.append(list(zip(*line.get_data(orig=False))))  # noqa: B905
    return [
        [float(value) for point in (start, end) for value in point]
        for chain in chains
        for start, end in zip(list(chain), list(chain)[1:])  # noqa: B905
    ]
