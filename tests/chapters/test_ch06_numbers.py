"""Chapter 6: the numbers in its prose, held against a run on the real tables where they are; and its point, held
against a run on the stand-in.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import lab.download
from lab import house_tables

CHAPTER = "06_house_prices"
REAL = Path(os.environ.get("COURSE_DATA", "/nowhere")) / "house_prices"


@pytest.fixture(scope="module", params=["real", "stand-in"])
def run(request, chapter, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The whole chapter from top to bottom, demonstrations included and checks left out, with warnings as
    errors: its namespace, what it printed, and whether the tables are the real ones.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("no_proxy", "127.0.0.1")
        if request.param == "real" and not REAL.is_dir():
            pytest.skip("COURSE_DATA has no house_prices: real data")
        if request.param == "stand-in":
            offline(patched, tmp_path_factory.mktemp("cache"))
        yield run_all(chapter(CHAPTER), request.param == "real")


def offline(patched: pytest.MonkeyPatch, cache: Path) -> None:
    """No folder with data, an empty cache, no network."""

    def unreachable(url: str) -> None:
        raise OSError("there is no network in this test")

    patched.delenv("COURSE_DATA", raising=False)
    patched.setenv("XDG_CACHE_HOME", str(cache))
    patched.setattr(lab.download, "_probe", unreachable)
    patched.setattr(house_tables, "_failure", None)


def run_all(notebook, real: bool) -> SimpleNamespace:
    names: dict[str, object] = {"__name__": "__main__"}
    printed = io.StringIO()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.metadata.get("nbgrader", {}).get("locked", False):
            continue
        err = io.StringIO()
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
        ):
            if "import hashlib" not in cell.source:  # d2l's own imports may warn
                warnings.simplefilter("error")
            exec(compile(cell.source, cell.id, "exec"), names)
        assert not err.getvalue(), cell.source
    torch.set_num_threads(threads)
    return SimpleNamespace(**names, printed=printed.getvalue(), real=real)


def means(scores) -> tuple[float, float, float]:
    """Mean over folds of the training and of the validation scores, and the spread of the latter."""
    train, valid = (torch.tensor(part) for part in scores)
    return train.mean().item(), valid.mean().item(), valid.std().item()


def test_examples_of_the_exercises(text: str, run, tmp_path) -> None:
    (tmp_path / "hello").write_bytes(b"hello")
    assert run.sha1_of(tmp_path / "hello") == "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
    assert "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d" in text
    assert run.rows_never_used(11, 3) == 2 and run.fold_sizes(11, 3) == [4, 4, 3]
    frame = run.pd.DataFrame({name: [5.0, 6.0, 7.0] for name in "abcde"})
    assert run.fixed_scale(frame)["b"].tolist() == [-1, 0, 1] and "[-1.0, 0.0, 1.0]" in text
    tables = (
        run.pd.DataFrame({"Id": [1, 2], "area": [900, 1100], "SalePrice": [1, 2]}),
        run.pd.DataFrame({"Id": [3], "area": [1200]}),
    )
    X, Z, _ = run.preprocess(*tables)
    assert [*X.flatten().tolist(), Z.item()] == pytest.approx([-0.71, 0.71, 1.41], abs=0.005)
    y_hat, y = torch.tensor([[100_000.0], [-5.0]]), torch.tensor([[200_000.0], [1.0]])
    assert run.log_rmse(lambda X: y_hat, None, y) == pytest.approx(0.490, abs=5e-4)
    folds = [run.get_k_fold_data(3, i, *[torch.arange(7.0)[:, None]] * 2)[2] for i in range(3)]
    assert [fold.flatten().tolist() for fold in folds] == [[0, 1, 2], [3, 4], [5, 6]]


def test_numbers_by_arithmetic(text: str) -> None:
    assert "1,900 steps in all" in text and math.ceil(1168 / 64) * 100 == 1900
    assert "9,500 dollars" in text and 1900 * 5 == 9500
    assert "exp(12) is 162,755 dollars" in text or round(math.exp(12)) == 162_755
    assert math.log(180_000) == pytest.approx(12.1, abs=0.05)
    assert math.log(60_000) ** 2 / 1000 == pytest.approx(0.12, abs=0.005)  # the quiz says so
    assert math.log(180_000) - math.log(12.1) == pytest.approx(9.6, abs=0.05)


def test_the_tables(text: str, run) -> None:
    assert run.train_features.shape == (1460, 331) and run.test_features.shape == (1459, 331)
    assert "Together 2,919 × 331" in text and "36 of them are numbers" in text
    assert len(run.numbers) == 36 and 331 - 36 == 295 and "have become 295" in text
    assert (run.train_data["MasVnrType"] == "None").mean() > 0.5
    assert "the canary sings: True" in run.printed


def test_the_linear_baseline(text: str, run) -> None:
    _, valid, spread = means(run.in_dollars)
    assert 0.15 < valid < 0.18 and spread < 0.03
    assert abs(run.bias) < 9500 and run.weight.abs().max() < 9500
    assert "a house has 43 ones in its one-hot columns" in run.printed
    assert "each house has 43 ones" in text
    assert run.curves[1][49] > 1.5 * run.curves[1][-1]  # most of the training is a climb
    if run.real:
        assert "0.170 ± 0.014" in text
        assert valid == pytest.approx(0.170, abs=0.002) and spread == pytest.approx(
            0.014, abs=0.002
        )


def test_log_prices_are_better_in_each_fold(text: str, run) -> None:
    _, valid, _ = means(run.in_logs)
    assert all(a < b for a, b in zip(run.in_logs[1], run.in_dollars[1], strict=True))
    assert "From 0.170 to 0.143, and better in each fold" in text
    if run.real:
        assert valid == pytest.approx(0.143, abs=0.002)


def test_the_cheap_houses_pay_for_the_loss_in_dollars(text: str, run) -> None:
    found = {}
    for name, (price, error) in run.errors.items():
        order, quarter = price.argsort(), len(price) // 4
        rows = (order, order[:quarter], order[-quarter:])
        found[name] = [error[r].square().mean().sqrt().item() for r in rows]
    dollars, logs = found["loss in dollars"], found["loss in logs"]
    assert logs[0] < dollars[0] and logs[1] < 0.8 * dollars[1] and dollars[1] > 1.5 * dollars[2]
    if run.real:
        assert dollars == pytest.approx([0.154, 0.207, 0.117], abs=0.001)
        assert logs == pytest.approx([0.142, 0.156, 0.115], abs=0.001)
        assert "comes to 0.154" in text and "to 0.142, is the loss" in text
        assert "0.117 and 0.115" in text and "0.207 where 0.156 can be had" in text


def test_the_mlp_wins_fold_by_fold(text: str, run) -> None:
    _, valid, spread = means(run.with_mlp)
    assert run.gain.mean() > 0.005 and valid < means(run.in_logs)[1]
    if run.real:
        assert "0.131 ± 0.021" in text and "0.012 ± 0.006" in text
        assert valid == pytest.approx(0.131, abs=0.002) and spread == pytest.approx(
            0.021, abs=0.002
        )
        assert run.gain.mean().item() == pytest.approx(0.012, abs=0.002)
        assert run.gain.std().item() == pytest.approx(0.006, abs=0.002)
        assert (run.gain > 0).all() and "wins in all five, once by no more than 0.002" in text


def test_the_submission(run) -> None:
    assert list(run.submission.columns) == ["Id", "SalePrice"] and len(run.submission) == 1459
    assert run.submission["Id"].equals(run.test_data["Id"])
    prices, known = run.submission["SalePrice"], run.train_labels
    assert prices.min() > 1000 and prices.notna().all()
    assert prices.median() == pytest.approx(known.median().item(), rel=0.1)
