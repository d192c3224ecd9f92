"""Chapter 4: the numbers in its prose, held against a run. Its data are made, so no download is needed."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch

CHAPTER = "04_weight_decay"


@pytest.fixture(scope="module")
def run(chapter) -> Iterator[SimpleNamespace]:
    """The whole chapter from top to bottom, demonstrations included and checks left out, with warnings as
    errors: its namespace, and what each cell printed, by its first line.
    """
    names: dict[str, object] = {"__name__": "__main__"}
    printed: dict[str, str] = {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for cell in chapter(CHAPTER).cells:
        locked = cell.metadata.get("nbgrader", {}).get("locked", False)
        if cell.cell_type != "code" or locked:
            continue
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            if "d2l" in cell.source and "import" in cell.source:
                exec(compile(cell.source, cell.id, "exec"), names)  # d2l's own imports may warn
            else:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    exec(compile(cell.source, cell.id, "exec"), names)
        assert not err.getvalue(), cell.source
        printed[cell.source.splitlines()[0]] = out.getvalue()
    torch.set_num_threads(threads)
    yield SimpleNamespace(**names, printed="".join(printed.values()))


def test_examples_of_the_exercises(text: str, run) -> None:
    assert run.l2_penalty(torch.tensor([3.0, 4.0])).item() == 12.5 and "tensor(12.5000)" in text
    assert run.norm_behind(12.5) == run.fixed_report(torch.tensor([3.0, 4.0])) == 5.0
    w, b = run.decay_step(*(torch.tensor([[2.0]]), torch.zeros(1)), *[torch.ones(1, 1)] * 2, 0.1, 3)
    assert w.item() == pytest.approx(1.3) and b.item() == pytest.approx(-0.1)
    w = torch.tensor([[2.0]])
    data = [(torch.ones(1, 1), torch.ones(1, 1))]
    assert run.published_validation_loss(w, torch.zeros(1), data, 3) == 6.5
    assert run.loss_behind(6.5, w, 3) == 0.5
    one = run.adam_steps(torch.ones(1), torch.full((1, 1), 2.0), 0.1, 0.5, True)
    assert one.item() == pytest.approx(0.85)
    shrunk = run.l1_step(torch.tensor([1.0, -0.25, 0.1]), 0.1, 2)
    assert str(shrunk).replace("-0.0000", "0.0000") == "tensor([ 0.8000, -0.0500,  0.0000])"
    w, b, curve = run.train_scratch(lambd=3)
    assert w.shape == (200, 1) and len(curve) == 20 and curve[-1][0] == 100
    net, curve = run.train_concise(wd=3)
    assert net[0].weight.shape == (1, 200) and len(curve) == 20


def test_numbers_by_arithmetic(text: str) -> None:
    assert "from 13 to 0.36 seems to fall from 84.5 to 0.065" in text
    assert 13**2 / 2 == 84.5 and pytest.approx(0.065, abs=0.001) == 0.36**2 / 2
    assert "that is 0.027, or 1/37" in text
    assert pytest.approx(0.027, abs=5e-4) == (1 - 0.009) ** 400
    assert pytest.approx(37, abs=0.5) == 1 / 0.991**400
    assert pytest.approx(0.359, abs=5e-4) == (2 * 0.0646) ** 0.5 and "0.359" in text
    assert (
        "220 new features beside the 55 old ones" in text
    )  # binomials of 12 over 9 and of 11 over 9


def test_overfitting_and_decay(text: str, run) -> None:
    plain, decayed = run.curve_0[-1], run.curve_3[-1]
    assert "The train loss falls to 0.000002" in text and "it stays near 102" in text
    assert plain[1] == pytest.approx(2e-6, abs=5e-7) and plain[2] == pytest.approx(102, abs=1)
    assert run.curve_0[0][2] == pytest.approx(plain[2], rel=0.1)
    assert "some 200 times larger" in text and 150 < decayed[1] / plain[1] < 300
    assert "almost a thousand times smaller" in text and 900 < plain[2] / decayed[2] < 1100
    assert "ended with weights of length 0.38, here it is 0.34" in text
    assert run.w_3.norm().item() == pytest.approx(0.38, abs=0.005)
    assert "wd = 3: test loss" in run.printed and "norm of w 0.34" in run.printed


def test_seen_and_unseen_directions(text: str, run) -> None:
    start, plain, decayed = (run.distances(w) for w in (run.start[0], run.w_0, run.w_3))
    assert start[1] == pytest.approx(plain[1], abs=1e-4) and plain[0] < start[0] / 50
    assert "only 0.41 of 14.17 is left" in text
    assert start[1] == pytest.approx(14.17, abs=0.01) and decayed[1] == pytest.approx(
        0.41, abs=0.005
    )
    assert "0.0269 of the start remains, which is 0.38" in text
    assert 0.0269 * start[1] == pytest.approx(0.38, abs=0.005)
    assert start[1] ** 2 == pytest.approx(200, abs=2)  # the quiz says so
    assert "its test loss is about 0.010, ten times better" in text
    assert "from zero, lambd = 0: train 4" in run.printed and "test 0.0099" in run.printed


def test_scratch_and_concise_agree_to_the_last_digit(run) -> None:
    line = next(
        x for x in run.printed.splitlines() if x.startswith("largest difference of all 200")
    )
    assert float(line.rpartition(" ")[2]) < 1e-7
    assert "ratio 2.0000" in run.printed
    first, second = (
        line.partition(": ")[2]
        for line in run.printed.splitlines()
        if line.startswith("first weights")
    )
    assert first == second


def test_the_path_of_lambda(text: str, run) -> None:
    valid = dict(zip(run.lambds, run.valid_losses, strict=True))
    assert "the validation data choose λ = 300, by a hair" in text and run.best == 300
    flat = [valid[lambd] for lambd in (10, 30, 100, 300)]
    assert "near 0.010" in text and max(flat) == pytest.approx(0.010, abs=0.0015)
    assert "differ by little more than a tenth" in text and 1.05 < max(flat) / min(flat) < 1.15
    assert valid[1000] != valid[1000] and valid[0.1] == pytest.approx(80, abs=3)


def test_three_kinds_of_decay(text: str, run) -> None:
    rows = {
        line[:30].strip(): [float(number) for number in line[30:].split()]
        for line in run.printed.splitlines()
        if line.startswith(("SGD", "Adam, lr"))
    }
    sgd, momentum, adam = rows.values()
    for none, penalty, gradient, decoupled in (sgd, momentum, adam):
        assert penalty == pytest.approx(gradient, rel=1e-3) and none > 13
        assert (decoupled == pytest.approx(penalty, rel=1e-3)) is (penalty == sgd[1])
    assert adam[2] > 10 * adam[3]
    assert "0.99 of them is still there" in text and "0.989" in run.printed


def test_l1_finds_the_five(run) -> None:
    assert (run.fits["L1, lambd 0.1"] == 0).sum() == 195
    assert (run.fits["L1, lambd 0.1"][:5] > 0.5).all()
    assert all((run.fits[name] != 0).all() for name in ("no penalty", "L2, lambd 0.1"))


def test_who_pays_for_a_penalty_that_stays_in_the_loss(text: str, run) -> None:
    assert "λ = 0 pays nothing, and a huge λ next to nothing" in text
    prices = {}
    for lambd in (0, 1, 300):
        w, _, _ = run.train_scratch(lambd, run.from_start())
        prices[lambd] = lambd / 2 * w.norm().item() ** 2
    assert prices[0] == 0 and prices[1] > 5 and prices[300] < 0.01
