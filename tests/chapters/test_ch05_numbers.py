"""Chapter 5: the numbers in its prose, held against a run of all its cells."""

from __future__ import annotations

import contextlib
import io
import math
import re
import warnings
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from lab import synthetic_fashion_mnist

from .conftest import real_data

CHAPTER = "05_numerical_stability"


@pytest.fixture(scope="module")
def run(chapter) -> Iterator[SimpleNamespace]:
    """The chapter from top to bottom, checks and long training left out, with warnings as errors: its
    namespace, and what was printed.
    """
    names: dict[str, object] = {"__name__": "__main__"}
    out, err = io.StringIO(), io.StringIO()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for cell in chapter(CHAPTER).cells:
        locked = cell.metadata.get("nbgrader", {}).get("locked", False)
        if cell.cell_type != "code" or locked:
            continue
        source = cell.source.split("histories = {}")[0]  # the training is a test of its own
        importing = "import torch as d2l" in source  # d2l's own imports may warn
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore" if importing else "error")
            exec(compile(source, cell.id, "exec"), names)
    torch.set_num_threads(threads)
    assert err.getvalue() == ""
    yield SimpleNamespace(**names, printed=out.getvalue())


def row(printed: str, begin: str) -> list[float]:
    """The numbers in the only line that begins so, after its beginning."""
    (line,) = [line for line in printed.splitlines() if line.startswith(begin)]
    return [float(x) for x in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", line[len(begin) :])]


def test_examples_of_the_exercises(text: str, run) -> None:
    assert str(run.loss_grad(torch.zeros(1, 2), torch.tensor([1]))) in text
    one = [torch.tensor([[v]]) for v in (2.0, 3.0, 0.5, 0.25, 1.0, 4.0)]
    assert [round(g.item(), 6) for g in run.backward_by_hand(*one, 0.1)] == [6.1, 2, 1.4, 2]
    assert run.kept_for_backward(2, [3, 4, 2]) == 18
    assert str(run.sigmoid_grad(torch.tensor([0.0, 2.0]))) in text
    logs = run.product_of_matrices(torch.stack([2 * torch.eye(2)] * 3))
    assert str([round(value, 4) for value in logs]).replace("2.426]", "2.4260]") in text
    assert logs == pytest.approx([math.log(2**0.5 * factor) for factor in (2, 4, 8)])
    assert run.stable_std(4) == 0.5
    W1, b1 = torch.tensor([[1.0, 1.0]]), torch.zeros(2)
    assert run.is_symmetric(W1, b1, torch.tensor([[2.0], [2.0]]))
    assert not run.is_symmetric(W1, b1, torch.tensor([[2.0], [3.0]]))
    for name, sizes in (("xavier_std", (784, 256)), ("xavier_uniform_bound", (784, 256))):
        assert f"`{name}(784, 256)` gives about {getattr(run, name)(*sizes):.4f}" in text
    assert f"`he_std(784)` gives about {run.he_std(784):.4f}" in text
    X, identity = torch.tensor([[1.0, -1.0]]), torch.eye(2)
    assert run.activation_stats(X, [identity]) == ([0.5], [0.5])
    clipped = run.clip_by_norm([torch.tensor([3.0]), torch.tensor([[4.0]])], 1.0)
    assert f"`{clipped}`" in text


def test_numbers_by_arithmetic(text: str) -> None:
    assert "at most $(1/4)^{10}$, about $10^{-6}$" in text
    assert pytest.approx(1e-6, rel=0.05) == 0.25**10
    assert r"$2^{-19}$ is $2 \cdot 10^{-6}$" in text and pytest.approx(2e-6, rel=0.05) == 2**-19
    assert pytest.approx(0.0064) == 0.5 * 128 * 0.01**2 and "0.0064" in text
    assert math.log(10) == pytest.approx(2.303, abs=5e-4) and "2.303" in text
    assert math.log(2) == pytest.approx(0.69, abs=5e-3) and "0.69" in text
    assert "30 decades after 100 layers" in text and 100 * math.log10(2) == pytest.approx(30, abs=1)


def test_autograd_agrees_with_hands(run) -> None:
    for name in ("ReLU", "tanh"):
        gaps = row(run.printed, f"{name}, largest relative difference in W1, b1, W2, b2:")
        assert len(gaps) == 4 and max(gaps) < 1e-5
    assert row(run.printed, "largest difference from autograd:")[0] < 1e-6


def test_what_pytorch_keeps_is_what_the_formula_says(text: str, run) -> None:
    for depth, kept in ((1, 268_800), (2, 334_336), (8, 727_552)):
        counted, formula, _, neighbours = row(run.printed.replace(",", ""), f"{depth:13} ")
        assert counted == formula == kept and neighbours == 266_240


def test_slopes_of_the_sigmoid(text: str, run) -> None:
    assert "0.0066 at 5" in text
    assert run.sigmoid_grad(torch.tensor(5.0)).item() == pytest.approx(0.0066, abs=5e-5)


def test_products_grow_and_shrink(text: str, run) -> None:
    assert run.M.norm() > 1e20
    ends = [float(end) for end in re.findall(r"√n to (-?\d+\.\d)", run.printed)][:3]
    assert ends == pytest.approx([30.6, 0.5, -29.6], abs=2)
    medians = [row(run.printed, f"n = {n:2}:")[-1] for n in (4, 16, 64)]
    assert medians == sorted(medians) and medians[0] < -3 and abs(medians[2]) < 1.5


def test_symmetry_in_training(text: str, run) -> None:
    rows = [
        line.split() for line in run.printed.splitlines() if line.startswith(("constant", "ran"))
    ]
    (_, _, same, loss, apart), (_, _, other, good, far), (_, _, again, better, split) = rows
    assert (same, other, again) == ("True", "False", "True")
    assert float(apart) < 1e-3 and float(loss) == pytest.approx(0.67, abs=0.03)
    assert float(far) > 1 and float(good) < 0.2
    assert float(split) > 0.5 and float(good) < float(better) < float(loss) - 0.05


def test_starts_of_pytorch(text: str, run) -> None:
    assert "A third of what a linear layer needs, a sixth of what ReLU needs" in text
    torch.manual_seed(0)
    variance = nn.Linear(784, 4000).weight.var().item()
    assert variance * 784 == pytest.approx(1 / 3, rel=0.01)
    for name in ("xavier_normal_   std ", "xavier_uniform_  max ", "kaiming_normal_  std "):
        theirs, ours = row(run.printed, name)
        assert theirs == pytest.approx(ours, rel=0.01)


def test_variances_and_gradients_by_depth(text: str, run) -> None:
    first, _, last = row(run.printed, "Xavier       ")
    assert last / first == pytest.approx(2**-19, rel=0.5)
    small = row(run.printed, "N(0, 0.01²)  ")
    assert (small[2] / small[0]) ** (1 / 19) == pytest.approx(0.0064, rel=0.1)
    assert all(0.15 < value < 0.75 for value in row(run.printed, "He           "))
    norms = {place: [math.log10(norm) for norm in ns] for place, ns in run.norms.items()}
    for start in run.starts:
        down = norms["sigmoid", start]
        assert down[0] < -9.5 and down[-1] > -1 and down == sorted(down)
    assert norms["sigmoid", "N(0, 0.01²)"][0] < -25
    for start, level in (("He", 0), ("Xavier", -3), ("N(0, 0.01²)", -21)):
        assert all(abs(norm - level) < 1 for norm in norms["ReLU", start])


def test_cures(run) -> None:
    names = ("sigmoid, Xavier ", "normalised      ", "residual        ", "ReLU, He        ")
    plain, normalised, residual, he = (row(run.printed, name)[2] for name in names)
    assert plain < 1e-11 and 0.1 < normalised < 10 and residual > 0.01 and 0.05 < he < 20


def test_clipping(run) -> None:
    before, after, length, _ = run.steps["not clipped"]
    assert length > 1000 and not after < 1000 * before
    for name in ("by hand", "d2l", "PyTorch"):
        assert run.steps[name][1] < before
        pairs = zip(run.steps[name][3], run.steps["by hand"][3], strict=True)
        assert all(torch.allclose(a, b, atol=1e-6) for a, b in pairs)


def trained(run, std_of, train_iter, test_iter, epochs: int):
    """The history of the chapter's ten-layer network in the book's loop."""
    torch.manual_seed(9)
    net = run.deep_net(std_of)
    trainer = torch.optim.SGD(net.parameters(), lr=0.1)
    loss = nn.CrossEntropyLoss(reduction="none")
    with contextlib.redirect_stdout(io.StringIO()), run.d2l_loop(quiet=True) as history:
        run.d2l.train_ch3(net, train_iter, test_iter, loss, epochs, trainer)
    return history


@real_data
def test_training_from_three_starts(text: str, run) -> None:
    assert "a loss of about 1.6 in the first epoch), He's less (1.2)" in text
    stuck = trained(run, lambda a, b: 0.01, run.train_iter, run.test_iter, 1)
    assert stuck.train_loss[0] == pytest.approx(2.303, abs=2e-3) and stuck.test_acc[0] < 0.12
    xavier = trained(run, run.xavier_std, run.train_iter, run.test_iter, 1)
    he = trained(run, lambda a, b: run.he_std(a), run.train_iter, run.test_iter, 1)
    assert xavier.train_loss[0] == pytest.approx(1.6, abs=0.15)
    assert he.train_loss[0] == pytest.approx(1.2, abs=0.15)


def test_the_point_shows_on_the_stand_in_too(run) -> None:
    """Without the real pictures: one start learns nothing, and He's learns before Xavier's."""
    train, test = synthetic_fashion_mnist(6000, 1000)
    train_iter, test_iter = train.batches(128, shuffle=True), test.batches(500, shuffle=False)
    ends = [
        trained(run, std_of, train_iter, test_iter, 3).train_loss
        for std_of in (lambda a, b: 0.01, run.xavier_std, lambda a, b: run.he_std(a))
    ]
    assert ends[0][-1] > 2.29 and ends[2][-1] < ends[1][-1] < 2.2
