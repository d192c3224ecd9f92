"""The stored dropout sweep is whole and plausible, and the script that makes it can be stopped."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
import torch

from experiments.dropout_run import Outcome, Run, train
from experiments.dropout_sweep import PAIRS, TRAININGS, main, planned_runs, sweep
from experiments.dropout_variations import (
    GaussianNoise,
    Variation,
    planned_variations,
    train_variation,
    varied_network,
    varied_updater,
)
from experiments.real_data import NotTheRealData, require_real_fashion_mnist
from experiments.run_table import COLUMNS, AnotherEnvironment, RunTable, columns_of
from lab.fashion import NUM_TEST
from lab.sweep import (
    CURVES,
    RESULTS,
    published_sweep,
    published_sweep_origin,
    published_variations,
)

CONFIGURATION = ["num_hiddens", "dropout1", "dropout2", "train_size"]
RUNS = [Run(256, 0.2, 0.5, 1_000, 2, 0.1, 50, seed) for seed in range(4)]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return published_sweep()


def outcome(run: Run) -> Outcome:
    """A made-up outcome that tells its run by the test accuracy."""
    return Outcome(0.5, 0.75, 0.8, run.seed / 10, (0.7, 0.5), (0.1, run.seed / 10), 2.0)


def test_every_configuration_has_three_seeds_in_both_sizes(table: pd.DataFrame) -> None:
    expected = {
        (num_hiddens, *pair, training[0])
        for num_hiddens, pairs in PAIRS.items()
        for pair in pairs
        for training in TRAININGS
    }
    seeds = table.groupby(CONFIGURATION)["seed"].agg(["nunique", "size"])
    assert set(seeds.index) == expected
    assert len(expected) == 36
    assert (seeds["nunique"] == seeds["size"]).all(), "a run is in the table twice"
    assert seeds["size"].min() >= 3


def test_each_size_was_trained_in_one_way(table: pd.DataFrame) -> None:
    ways = table[["train_size", "num_epochs", "lr", "batch_size"]].drop_duplicates()
    assert sorted(ways.itertuples(index=False, name=None)) == sorted(TRAININGS)


def test_values_are_possible(table: pd.DataFrame) -> None:
    assert list(table.columns) == COLUMNS
    for accuracy in ("train_acc", "train_acc_eval", "test_acc"):
        assert table[accuracy].between(0, 1).all()
    for share, n in ((table["train_acc_eval"], table["train_size"]), (table["test_acc"], NUM_TEST)):
        assert (share * n - (share * n).round()).abs().max() < 0.05, "not a share of n examples"
    finite = table["train_loss"].dropna()
    assert (finite > 0).all()
    assert not table.drop(columns="train_loss").isna().any(axis=None)


def test_curves_have_a_number_an_epoch_and_end_in_the_last_values(table: pd.DataFrame) -> None:
    for curve, last in zip(CURVES, ("train_loss", "test_acc"), strict=True):
        assert (table[curve].str.len() == table["num_epochs"]).all()
        assert ((table[curve].str[-1] - table[last]).abs().fillna(0) < 1e-4).all()


def test_without_dropout_the_small_training_set_is_learnt_by_heart(table: pd.DataFrame) -> None:
    """That is what its settings are for: regularisation has something to do."""
    plain = table.query("dropout1 == 0 and dropout2 == 0 and train_size == 1000")
    # The median: a late jump of the loss, which happens at this learning rate, is a result, too.
    assert plain.groupby("num_hiddens")["train_acc_eval"].median().min() > 0.98


def test_the_origin_is_recorded(table: pd.DataFrame) -> None:
    origin = published_sweep_origin()
    assert set(origin.versions) == {"python", "torch", "torchvision"}
    assert all(version[0].isdigit() for version in origin.versions.values())
    assert set(origin.seeds) == set(table["seed"])
    assert origin.num_threads == 1 and origin.cpu_seconds > 0
    assert pd.Timestamp(origin.date) > pd.Timestamp("2026-01-01")
    assert {"initialisation", "pixels", "small_training_set"} <= set(origin.method)
    about = json.loads((RESULTS / "dropout_sweep.json").read_text(encoding="utf-8"))
    assert about["runs"] == len(table)


def test_the_stored_table_is_the_plan(table: pd.DataFrame) -> None:
    plan = {
        (run.num_hiddens, run.dropout1, run.dropout2, run.train_size, run.seed)
        for run in planned_runs(published_sweep_origin().seeds)
    }
    assert plan == set(table[[*CONFIGURATION, "seed"]].itertuples(index=False, name=None))


def test_every_configuration_gets_its_first_seed_before_any_gets_its_second() -> None:
    runs = planned_runs(range(3))
    assert [run.seed for run in runs] == sorted(run.seed for run in runs)
    assert len(set(runs)) == len(runs) == 3 * 36


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_that_was_killed_goes_on_where_it_was(tmp_path: Path, workers: int) -> None:
    path = tmp_path / "results" / "sweep.csv"
    done: list[int] = []

    def killed_in_the_third(run: Run) -> Outcome:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(run.seed)
        return outcome(run)

    with pytest.raises(KeyboardInterrupt):
        sweep(RUNS, RunTable(path, "data"), run=killed_in_the_third)
    assert pd.read_csv(path)["seed"].tolist() == [0, 1]

    sweep(RUNS, RunTable(path, "data"), workers=workers, run=not_twice)
    after = pd.read_csv(path)
    assert after["seed"].tolist() == [0, 1, 2, 3]
    assert after["test_acc"].tolist() == [0.0, 0.1, 0.2, 0.3]
    about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert (about["runs"], about["cpu_seconds"]) == (4, 8.0)
    assert sorted(file.name for file in path.parent.iterdir()) == ["sweep.csv", "sweep.json"]


def not_twice(run: Run) -> Outcome:
    """For the second start: runs that are in the table are not done again."""
    assert run.seed >= 2
    return outcome(run)


def test_a_kill_while_the_table_is_written_leaves_the_last_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sweep.csv"
    sweep(RUNS[:1], RunTable(path, "data"), run=outcome)
    replace: Callable[..., None] = os.replace

    def killed_before_the_table(source: Path, target: Path) -> None:
        if target == path:
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", killed_before_the_table)
        sweep(RUNS, RunTable(path, "data"), run=outcome)
    assert pd.read_csv(path)["seed"].tolist() == [0]
    sweep(RUNS, RunTable(path, "data"), run=outcome)
    assert pd.read_csv(path)["seed"].tolist() == [0, 1, 2, 3]


def test_a_diverged_run_has_a_row_and_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"

    def diverged(run: Run) -> Outcome:
        return Outcome(math.nan, 0.1, 0.1, 0.1, (2.3, math.nan), (0.1, 0.1), 1.0)

    sweep(RUNS[:1], RunTable(path, "data"), run=diverged)
    assert math.isnan(pd.read_csv(path)["train_loss"].item())
    assert RUNS[0] in RunTable(path, "data")


def test_rows_of_other_data_or_versions_do_not_share_a_table(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    sweep(RUNS[:1], RunTable(path, "data"), run=outcome)
    with pytest.raises(AnotherEnvironment, match=r"data_sha256 data; here it is other.*--table"):
        RunTable(path, "other")
    path.with_suffix(".json").unlink()
    with pytest.raises(AnotherEnvironment, match="versions"):
        RunTable(path, "data")


def test_without_the_real_images_nothing_is_run(
    full_size_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(full_size_folder))
    with pytest.raises(NotTheRealData):
        require_real_fashion_mnist()
    with pytest.raises(SystemExit, match=r"not the real Fashion-MNIST.*Set COURSE_DATA"):
        main(["--table", str(tmp_path / "sweep.csv")])
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_repeatable_and_its_seed_matters(
    full_size_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(full_size_folder))
    first, again, other = (train(Run(8, 0.2, 0.5, 40, 2, 0.1, 20, seed)) for seed in (3, 3, 4))
    assert first.train_loss_by_epoch == again.train_loss_by_epoch
    assert first.test_acc_by_epoch == again.test_acc_by_epoch
    assert first.train_loss_by_epoch != other.train_loss_by_epoch
    assert first.train_loss == first.train_loss_by_epoch[-1]
    assert len(first.test_acc_by_epoch) == 2


def test_the_stored_variations_are_their_plan() -> None:
    stored = published_variations()
    assert list(stored.columns) == columns_of(Variation)
    names = [field.name for field in fields(Variation)]
    plan = {tuple(getattr(run, name) for name in names) for run in planned_variations()}
    assert plan == set(stored[names].itertuples(index=False, name=None))
    about = json.loads((RESULTS / "dropout_variations.json").read_text(encoding="utf-8"))
    sweep_about = json.loads((RESULTS / "dropout_sweep.json").read_text(encoding="utf-8"))
    for name in ("versions", "cpu", "num_threads", "data_sha256"):
        assert about[name] == sweep_about[name], "not comparable with the sweep"


def test_variations_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "variations.csv"
    runs = planned_variations()
    sweep(runs, RunTable(path, "data", Variation, "a.script"), run=outcome)
    again = RunTable(path, "data", Variation)
    assert len(again) == len(runs) and all(run in again for run in runs)
    assert json.loads(path.with_suffix(".json").read_text())["made_by"] == "python -m a.script"


def variation(**changes: float | str) -> Variation:
    return Variation(8, 0.2, 0.5, 40, 2, 0.1, 20, 3, **changes)  # type: ignore[arg-type]


def test_a_variation_of_nothing_is_a_run_of_the_sweep(
    full_size_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(full_size_folder))
    plain = train(Run(8, 0.2, 0.5, 40, 2, 0.1, 20, 3))
    assert train_variation(variation()).train_loss_by_epoch == plain.train_loss_by_epoch
    for changes in (
        {"init_std": 0.01},
        {"schedule": "linear"},
        {"weight_decay": 0.1},
        {"noise": "dropconnect"},
        {"noise": "gaussian"},
    ):
        other = train_variation(variation(**changes))  # type: ignore[arg-type]
        assert other.train_loss_by_epoch != plain.train_loss_by_epoch, changes


def test_a_linear_schedule_takes_the_rate_down_to_nothing() -> None:
    run = variation(schedule="linear")
    net = torch.nn.Linear(1, 1, bias=False)
    update = varied_updater(run, net)
    steps = []
    for _ in range(4):  # two epochs of two batches
        before = net.weight.item()
        net.weight.grad = torch.full((1, 1), 20.0)
        update(20)
        steps.append(before - net.weight.item())
    assert steps == pytest.approx([0.1, 0.075, 0.05, 0.025])


@pytest.mark.parametrize("noise", ["dropconnect", "gaussian"])
def test_other_noise_has_the_same_mean_and_acts_in_train_mode_only(noise: str) -> None:
    torch.manual_seed(0)
    net = varied_network(variation(noise=noise))
    X = torch.rand(1, 784)
    with torch.no_grad():
        still = net.eval()(X)
        assert torch.equal(net(X), still)
        net.train()
        first, second = net(X), net(X)
        assert not torch.equal(first, second)
    layer = GaussianNoise(0.5)
    kept = layer.train()(torch.ones(100_000))
    assert kept.mean().item() == pytest.approx(1, abs=0.02)
    assert kept.var().item() == pytest.approx(1, abs=0.03)  # p / (1 - p)
