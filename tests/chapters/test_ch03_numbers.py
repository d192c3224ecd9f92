"""Chapter 3: the numbers in its prose, held against the stored tables, and against a run on the real data."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from types import SimpleNamespace

import pandas as pd
import pytest
import torch

from lab import synthetic_fashion_mnist

from .conftest import real_data

CHAPTER = "03_dropout_experiments"
CONFIG = ["num_hiddens", "dropout1", "dropout2"]
TRAINS = ("small_train", "small_test", "one_batch", "configs = [")


def ran(cells) -> SimpleNamespace:
    """The namespace after these cells, and what was printed. A warning is an error."""
    names: dict[str, object] = {"__name__": "__main__"}
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for cell in cells:
            with warnings.catch_warnings():
                if "import torch as d2l" not in cell.source:  # d2l's own imports may warn
                    warnings.simplefilter("error")
                exec(compile(cell.source, cell.id, "exec"), names)
    assert err.getvalue() == ""
    return SimpleNamespace(**names, printed=out.getvalue())


@pytest.fixture(scope="module")
def tables(chapter) -> SimpleNamespace:
    """After all cells that look at stored tables; those that train are left out."""
    cells = [c for c in unlocked(chapter) if not any(name in c.source for name in TRAINS)]
    return ran([c for c in unlocked(chapter) if c in cells or "exercise" in tags_of(c)])


@pytest.fixture(scope="module")
def run(chapter) -> SimpleNamespace:
    """The whole chapter from top to bottom, demonstrations included, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield ran(unlocked(chapter))
    torch.set_num_threads(threads)


def unlocked(chapter) -> list:
    cells = [c for c in chapter(CHAPTER).cells if c.cell_type == "code"]
    return [c for c in cells if not c.metadata.get("nbgrader", {}).get("locked", False)]


def tags_of(cell) -> list[str]:
    return ["exercise"] if cell.metadata.get("nbgrader", {}).get("solution") else []


def row(ranking: pd.DataFrame, *config: float) -> pd.Series:
    """The row of a configuration."""
    (index,) = ranking.index[(ranking[CONFIG] == list(config)).all(axis=1)]
    return ranking.loc[index]


def line(printed: str, begin: str) -> list[float]:
    """The numbers in the line that begins so, after its beginning."""
    (found,) = [x for x in printed.splitlines() if x.startswith(begin)]
    return [float(x) for x in re.findall(r"\d+\.\d+|\d+", found.removeprefix(begin))]


def test_the_sweep_is_as_the_text_says(text: str, tables) -> None:
    assert (
        len(tables.runs) == 180 and "180 training runs" in text and "180 runs on the real" in text
    )
    assert round(tables.origin.cpu_seconds / 60) == 36 and "36 minutes" in text
    configs = tables.runs[CONFIG].drop_duplicates()
    assert len(configs) == 18 and (configs["num_hiddens"] == 256).sum() == 14
    assert "fourteen with 256 units, four with 512" in text


def test_published_beside_ours(text: str, tables) -> None:
    beside = tables.beside.set_index(["dropout1", "dropout2"])
    off = beside["published"].round(3)
    digits = {0.542: 3}
    fits = [
        row["min"] - 0.5 * 10.0 ** -digits.get(p, 2)
        <= p
        <= row["max"] + 0.5 * 10.0 ** -digits.get(p, 2)
        for p, (_, row) in zip(off, beside.iterrows(), strict=True)
    ]
    assert sum(fits) == 4 and "Four of seven fit to the digits given" in text
    assert "from 0.316 to 0.327" in text and "outside of 0.504 to 0.511" in text
    for pair, low, high in (((0.2, 0.2), 0.316, 0.327), ((0.8, 0.3), 0.504, 0.511)):
        assert beside.loc[pair, "min"] == pytest.approx(low, abs=5e-4)
        assert beside.loc[pair, "max"] == pytest.approx(high, abs=5e-4)


def test_train_loss_does_not_rank(text: str, tables) -> None:
    means = tables.means.set_index(CONFIG)
    plain = (256, 0.0, 0.0)
    assert means["test_acc"].rank()[plain] == 4 and means["train_loss"].rank()[plain] == 2
    assert "fourth lowest of the fourteen (0.839)" in text and "second lowest" in text
    assert means["test_acc"][plain] == pytest.approx(0.839, abs=5e-4)


def test_gaps(text: str, tables) -> None:
    by_config = tables.by_config.agg(["mean", "std"])
    gap = by_config["gap"]
    assert "from 0.024 without to 0.014 at (0.6, 0.6) and 0.010 with 0.8 in the first layer" in text
    assert gap.loc[(0.0, 0.0), "mean"] == pytest.approx(0.024, abs=5e-4)
    assert gap.loc[(0.6, 0.6), "mean"] == pytest.approx(0.014, abs=5e-4)
    for pair in ((0.8, 0.3), (0.8, 0.5)):
        assert gap.loc[pair, "mean"] == pytest.approx(0.010, abs=6e-4)
    assert "standard deviation of 0.027 over the seeds; the gap of the same runs has 0.0015" in text
    assert by_config["test_acc"].loc[(0.0, 0.0), "std"] == pytest.approx(0.027, abs=6e-4)
    assert gap.loc[(0.0, 0.0), "std"] == pytest.approx(0.0015, abs=6e-5)
    assert (by_config["naive_gap"]["mean"] < 0).sum() == 1 and "one mean is even negative" in text
    smallest = set(gap["mean"].nsmallest(2).index)
    assert smallest == set(by_config["test_acc"]["mean"].nsmallest(2).index)


def test_one_seed_each(text: str, tables) -> None:
    winners = {tables.by_seed[seed].idxmax() for seed in tables.by_seed}
    assert len(tables.by_seed.columns) == 5 and len(winners) == 4
    assert "Five researchers with one seed each would publish four different winners" in text


def test_examples_of_the_exercises(text: str, tables) -> None:
    mean, half = tables.mean_interval([1.0, 2.0, 3.0])
    assert (mean, round(half, 3)) == (2.0, 2.484) and "is (2.0, 2.484)" in text
    assert 0.06 > (0.03**2 + 0.04**2) ** 0.5 and 0.1 > (0.03**2 + 0.05**2) ** 0.5
    assert round((0.03**2 + 0.05**2) ** 0.5, 3) == 0.058 and "0.1 > 0.058" in text
    assert tables.read_claim(tables.published, (0.5, 0.8), (0.2, 0.5)) == "misread"
    coverage = {name: line(tables.printed, name)[-1] for name in ("t ", "normal")}
    assert coverage["t "] == pytest.approx(95, abs=0.8)
    assert 100 - coverage["normal"] == pytest.approx(12, abs=1) and "twelve of a hundred" in text


def test_ties_of_the_sweep(text: str, tables) -> None:
    ranking = tables.ranking
    assert ranking["tied"].sum() == 11 and "Eleven of fourteen are tied with the best" in text
    apart = ranking.loc[~ranking["tied"], ["dropout1", "dropout2"]].to_numpy().tolist()
    assert apart == [[0.6, 0.6], [0.8, 0.5], [0.8, 0.3]]
    assert ranking.loc[0, CONFIG].tolist() == [256, 0.02, 0.05]
    assert row(ranking, 256, 0.6, 0.6)["mean"] == pytest.approx(0.8375, abs=5e-5)
    assert row(ranking, 256, 0.0, 0.0)["mean"] == pytest.approx(0.8393, abs=5e-5)
    assert round(1 - 0.95**13, 2) == 0.49 and "1 - 0.95^{13} = 0.49" in text


def test_what_the_claims_are_worth(tables) -> None:
    printed = {
        k: x.split()[-2:] for x in tables.printed.splitlines() for k in tables.claims if k in x
    }
    assert [printed[claim] for claim in tables.claims] == [
        ["open", "supported"],
        ["misread", "open"],
        ["misread", "misread"],
        ["same", "same"],
        ["missing", "missing"],
        ["missing", "supported"],
    ]


def test_the_order_of_the_rates(text: str, tables) -> None:
    assert "In all four pairs the train loss is lower with the *smaller* rate" in text
    words = [
        (x.split()[4], x.split()[-1])
        for x in tables.printed.splitlines()
        if re.match(r"\(0\.\d, 0\.\d\) +0\.\d{4} +0", x)
    ]
    assert [first for first, _ in words] == ["supported"] * 4
    assert [second for _, second in words] == ["open", "open", "supported", "supported"]


def test_wider_networks(text: str, tables) -> None:
    wide = tables.wide
    assert row(wide, 512, 0.5, 0.5)["mean"] == pytest.approx(0.854, abs=5e-4)
    narrow = row(wide, 256, 0.0, 0.0)
    assert narrow["mean"] == pytest.approx(0.839, abs=5e-4)
    assert narrow["half_width"] == pytest.approx(0.034, abs=5e-4)
    assert wide["num_runs"].sum() == 25 and "twenty-five runs" in text
    assert wide.loc[~wide["tied"], CONFIG].to_numpy().tolist() == [[512, 0.9, 0.6]]


def test_a_network_at_rest(text: str, tables) -> None:
    rest, constant = tables.at_rest, tables.constant
    assert not rest["tied"][1:].any() and rest.loc[0, CONFIG].tolist() == [256, 0, 0]
    for place, value in enumerate(("0.878 ± 0.001", "0.874 ± 0.003", "0.863 ± 0.001")):
        assert (
            f"{rest['mean'][place]:.3f} ± {rest['half_width'][place]:.3f}" == value
            and value in text
        )
    assert rest["mean"].min() > tables.rank_configs(tables.large)["mean"].max()
    plain, dropped = (row(constant, 256, *pair) for pair in ((0.0, 0.0), (0.2, 0.5)))
    assert dropped["mean"] - plain["mean"] == pytest.approx(0.017, abs=5e-4) and plain["tied"]
    narrower = plain["half_width"] / rest["half_width"][0]
    assert narrower == pytest.approx(25, abs=1) and "25 times narrower" in text
    gap = tables.generalisation_gap(tables.linear).groupby(tables.linear["dropout1"]).mean()[0.0]
    assert gap == pytest.approx(0.021, abs=5e-4)


def test_more_epochs(text: str, tables) -> None:
    assert "from 0.021 to 0.054, with (0.2, 0.5) to 0.039 only" in text
    assert "0.898 ± 0.009 against 0.896 ± 0.007, a tie" in text
    lines = "\n".join(x for x in tables.printed.splitlines() if "±" in x)
    plain, dropped = (line(lines, str(pair)) for pair in ((0.0, 0.0), (0.2, 0.5)))
    assert [round(x, 3) for x in plain[:3]] == [0.898, 0.009, 0.054]
    assert [round(x, 3) for x in dropped[:3]] == [0.896, 0.007, 0.039]
    assert plain[0] - dropped[0] < (plain[1] ** 2 + dropped[1] ** 2) ** 0.5


def test_few_images(text: str, tables) -> None:
    ranking = tables.ranking_small
    assert ranking["tied"].sum() == 14 and "fourteen of eighteen configurations are tied" in text
    assert ranking["mean"].between(0.790, 0.801).sum() == len(ranking) - 2
    gaps = tables.generalisation_gap(tables.small)
    narrow = tables.small["num_hiddens"] == 256
    by_pair = gaps[narrow].groupby([tables.small["dropout1"], tables.small["dropout2"]]).mean()
    assert by_pair[0.0, 0.0] == pytest.approx(0.19, abs=0.005)
    assert by_pair[0.8, 0.5] == pytest.approx(0.13, abs=0.005)


def test_noise_and_decay(text: str, tables) -> None:
    found = dict(list(tables.by_variation))

    def interval(*key: object, column: str = "test_acc") -> tuple[float, float]:
        return tables.mean_interval(found[key][column])

    def apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return abs(one[0] - other[0]) > (one[1] ** 2 + other[1] ** 2) ** 0.5

    plain, dropped = interval("dropout", 0.0, 0.0), interval("dropout", 0.4, 0.0)
    assert "0.8018 ± 0.0014 against 0.7996 ± 0.0017" in text
    assert "{:.4f} ± {:.4f}".format(*dropped) == "0.8018 ± 0.0014"
    assert "{:.4f} ± {:.4f}".format(*plain) == "0.7996 ± 0.0017"
    assert "0.00224 against 0.00221" in text and apart(plain, dropped)
    assert round(dropped[0] - plain[0], 5) == 0.00224
    assert round((plain[1] ** 2 + dropped[1] ** 2) ** 0.5, 5) == 0.00221
    connect, gaussian = interval("dropconnect", 0.4, 0.0), interval("gaussian", 0.4, 0.0)
    assert "dropout 0.8018, DropConnect 0.8016, Gaussian 0.8020" in text
    assert f"{connect[0]:.4f} {gaussian[0]:.4f}" == "0.8016 0.8020"
    assert not any(apart(a, b) for a in (connect, gaussian) for b in (connect, gaussian, dropped))
    assert "0.191, 0.180, 0.178, and 0.165" in text
    keys = [("dropout", 0.0, 0.0), ("dropout", 0.0, 0.003)]
    keys += [("dropout", 0.4, 0.0), ("dropout", 0.4, 0.003)]
    gaps = [interval(*key, column="gap")[0] for key in keys]
    assert [round(gap, 3) for gap in gaps] == [0.191, 0.180, 0.178, 0.165]
    both = interval("dropout", 0.4, 0.003)
    assert "{:.4f} ± {:.4f}".format(*both) == "0.8006 ± 0.0018" and "0.8006 ± 0.0018" in text
    for rate, base in ((0.0, plain), (0.4, dropped)):
        decayed = interval("dropout", rate, 0.01)
        assert decayed[0] < base[0] and apart(decayed, base)


def test_another_start_explains_one_of_three(text: str, tables) -> None:
    assert "from 0.336 to 0.344" in text and "0.332 is not 0.38, and 0.508 is not 0.542" in text
    means = tables.others["mean"]
    assert tables.ours.loc[(0.2, 0.5), "mean"] == pytest.approx(0.336, abs=5e-4)
    assert means[0.2, 0.5] == pytest.approx(0.344, abs=5e-4)
    assert means[0.2, 0.2] == pytest.approx(0.332, abs=5e-4)
    assert means[0.8, 0.3] == pytest.approx(0.508, abs=5e-4)


def test_the_model_answer_has_the_table_s_numbers(text: str, tables) -> None:
    worst, best = row(tables.ranking, 256, 0.8, 0.3), tables.ranking.loc[0]
    assert "0.758 ± 0.019 at (0.8, 0.3) against 0.859 ± 0.015" in text
    assert f"{worst['mean']:.3f} ± {worst['half_width']:.3f}" == "0.758 ± 0.019"
    assert best["mean"] == pytest.approx(0.859, abs=5e-4)
    assert best["half_width"] == pytest.approx(0.015, abs=6e-4)
    assert "from 0.024 ± 0.002 to 0.014 ± 0.003" in text
    for pair, value in (((0.0, 0.0), "0.024 ± 0.002"), ((0.6, 0.6), "0.014 ± 0.003")):
        part = tables.gaps[
            (tables.gaps["dropout1"] == pair[0]) & (tables.gaps["dropout2"] == pair[1])
        ]
        assert "{:.3f} ± {:.3f}".format(*tables.mean_interval(part["gap"])) == value
    for pair, value in (((0.2, 0.5), "0.856 ± 0.006"), ((0.0, 0.0), "0.839 ± 0.034")):
        found = row(tables.ranking, 256, *pair)
        assert f"{found['mean']:.3f} ± {found['half_width']:.3f}" == value and value in text


@real_data
def test_the_live_runs(text: str, run) -> None:
    first, again, other = run.records
    assert first == again and first["train_loss"] != other["train_loss"]
    assert len(run.mine) == 9 and set(run.mine["seed"]) == {0, 1, 2}
    means = run.mine.groupby(CONFIG)["train_loss"].mean()
    assert means.is_monotonic_increasing  # with the rates
    assert "train_ch3 ends in assertions" in run.printed
    in_order, by_size = line(run.printed, "the sum of 100,000 float32 numbers: ")
    assert in_order != by_size and in_order == pytest.approx(by_size, abs=0.01)


@real_data
def test_inside_the_network(text: str, run) -> None:
    plain, dropped, noisy = (values[-1] for values in run.variances.values())
    assert "about 0.2 against 0.2 to 0.3" in text and "the sum comes to about 0.5" in text
    assert dropped == pytest.approx(0.2, abs=0.05) and 0.15 < plain < 0.35
    assert noisy == pytest.approx(0.5, abs=0.1)
    one, many = line(run.printed, "  1 examples:")[0], line(run.printed, "256 examples:")[0]
    assert one < 15 and many > 90 and "nearly every weight is updated" in text


def test_the_point_shows_on_the_stand_in_too(solved) -> None:
    """Without the real pictures: train loss grows with the rates and the gap shrinks."""
    n = solved(CHAPTER)
    train, test = synthetic_fashion_mnist(6000, 1500)
    train_iter = train.first(500).batches(50, shuffle=True)
    test_iter = test.batches(500, shuffle=False)
    configs = [dict(zip(CONFIG, (128, rate, rate), strict=True)) for rate in (0.0, 0.6)]
    runs = n["sweep"](
        configs, [0, 1], lambda c, s: n["run_config"](c, s, train_iter, test_iter, 30, 0.1)
    )
    runs["gap"] = n["generalisation_gap"](runs)
    means = runs.groupby("dropout1")[["train_loss", "gap"]].mean()
    assert means["train_loss"][0.0] < means["train_loss"][0.6]
    assert means["gap"][0.0] > means["gap"][0.6]
