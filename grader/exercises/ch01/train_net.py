"""Chapter 1: the exercise `train_net`. The judge has small problems of its own to train on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.student import Student
from grader.exercises.ch01.dropout import uniform
from grader.exercises.ch01.training import Batch, on_right_parts_too
from grader.wire.probe import StudentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES = ("train_loss", "train_acc", "test_acc")
LEARNT = 0.9
"""Accuracy on new examples of `Problem`: guessing gives 0.1; right answers gave 1.0 in 1200 runs."""
TRAIN = 92
"""Examples to train on."""
NEW = 150
"""New examples on which that accuracy is taken."""
SIGNALS = 32
"""Examples for rates: 5 units each for either rate."""
RATE = 1e-3
"""How far off the size of a unit that was kept may be, relatively."""


class TrainNet(Exercise):
    name, points = "train_net", 4
    hints = (
        "Everything that you need is written already: `Net`, `train_epoch`, `evaluate_accuracy`. "
        "This function makes the network, the loss and the optimizer, and then repeats.",
        "`nn.CrossEntropyLoss(reduction='none')` gives one loss an example, as `train_epoch` "
        "wants it. `torch.optim.SGD(net.parameters(), lr=lr)` is the updater.",
        "Make the net of the chapter's sizes with both rates, move it with `.to(device)`, make "
        "loss and optimizer, and a `History()`. For each epoch: append the two numbers of "
        "`train_epoch` and the test accuracy to its three lists. Return the net and the history.",
    )
    problem: Problem | None = None
    learnt = False

    @check(
        "the network learns",
        weight=2,
        hint="Does the loss fall? If not, look at the order: network, loss, optimizer, epochs.",
    )
    def learns(self, student: Student) -> None:
        problem = self._problem()

        def verify(run: dict) -> None:
            (report,) = run["runs"]
            logits = expect.finite(
                expect.tensor(report["logits"][1], shape=(len(problem.new_y), 10))
            )
            share = float((logits.argmax(1) == problem.new_y).double().mean())
            expect.true(
                share >= LEARNT,
                seen=f"after {problem.num_epochs} epochs on an easy problem, "
                f"{100 * share:.3g} % of new examples are right",
                expected=f"more than {100 * LEARNT:.0f} %",
            )

        problem.run(student, verify)
        self.learnt = True

    @check(
        "the history has one number an epoch in each list",
        hint="`history.train_loss.append(...)`, and likewise for `train_acc` and `test_acc`.",
    )
    def history(self, student: Student) -> None:
        problem = self._problem()

        def verify(run: dict) -> None:
            (report,) = run["runs"]
            if report["history"] is None:
                expect.fail("no history came back", "`return net, history`, made by `History()`")
            for name in CURVES:
                count = len(report["history"][name])
                expect.true(
                    count == problem.num_epochs,
                    seen=f"`history.{name}` has {count} entries after {problem.num_epochs} epochs",
                    expected=f"{problem.num_epochs}",
                )
            loss, train, test = ([expect.number(v) for v in report["history"][n]] for n in CURVES)
            logits = expect.tensor(report["logits"][0], shape=(len(problem.test_y), 10))
            right = float((logits.argmax(1) == problem.test_y).double().mean())
            expect.true(
                abs(test[-1] - right) <= 1.5 / len(problem.test_y),
                seen=f"the last entry of `history.test_acc` is {test[-1]:.4g}",
                expected=f"{right:.4g}, the accuracy of the trained network on `test_iter`",
            )
            expect.true(
                all(0 <= share <= 1 for share in train),
                seen=f"train accuracies from {min(train):.4g} to {max(train):.4g}",
                expected="fractions, between 0 and 1",
            )
            expect.true(
                0.5 <= loss[0] <= 10,
                seen=f"a mean train loss of {loss[0]:.3g} in the first epoch",
                expected="about 2: guessing among ten classes costs log 10 = 2.3",
                because="the loss must give one number an example: `reduction='none'`"
                if loss[0] < 0.5
                else "",
            )
            expect.true(
                loss[-1] < loss[0] / 2,
                seen=f"train loss from {loss[0]:.3g} to {loss[-1]:.3g}",
                expected="a loss that falls clearly: each epoch goes on where the last one ended",
            )

        problem.run(student, verify)

    @check(
        "num_epochs passes over the training data, 10 when not given",
        weight=0.5,
        hint="`for epoch in range(num_epochs):`",
    )
    def epochs(self, student: Student) -> None:
        passes = Passes(int(torch.randint(2, 5, ())), 10)

        def verify(run: dict) -> None:
            for report, wanted in zip(run["runs"], passes.wanted, strict=True):
                expect.true(
                    report["passes"] == wanted,
                    seen=f"{report['passes']} passes over `train_iter`",
                    expected=f"{wanted}",
                    because={
                        0: "`train_iter` is not used",
                        2 * wanted: "twice an epoch: what is the test accuracy measured on?",
                    }.get(report["passes"], ""),
                )
                if self.learnt:
                    bias = expect.tensor(report["bias"], shape=(10,))
                    expect.true(
                        passes.fit(bias, wanted),
                        seen=f"{wanted} passes over `train_iter`, and a network that has not learnt "
                        "from what they gave",
                        expected="one that has seen the labels of the last pass, and none after it",
                    )

        # A large rate, beside which the bias that a network begins with is small.
        still: dict[str, object] = {"lr": 2.0, "dropout1": 0.0, "dropout2": 0.0}
        passes.run(student, verify, [{**still, "num_epochs": passes.wanted[0]}, still])

    @check(
        "gradient descent with the learning rate lr, 0.5 when not given",
        hint="`torch.optim.SGD(net.parameters(), lr=lr)`",
    )
    def learning_rate(self, student: Student) -> None:
        tiny = Tiny(16)
        chosen = uniform(0.05, 0.2)

        def verify(run: dict) -> None:
            start, *moved = (report["parameters"] for report in run["runs"])
            if start is None or None in moved:
                expect.fail("no network of the chapter's sizes", "`Net(784, 10, 256, 256, ...)`")
            expect.true(
                not all(torch.equal(a, b) for a, b in zip(start[4:], moved[0], strict=True)),
                seen=f"the same network after one epoch, for lr = 0 and for lr = {chosen}",
                expected=f"a step that is {chosen} times the gradient",
                because="lr makes no difference",
            )
            gradients = tiny.last_layer_gradient(start)
            expect.true(
                bool(gradients[0].any()),
                seen="a network whose hidden units are all 0 at the beginning",
                expected="parameters as `nn.Linear` draws them",
                because="its gradient says nothing about the learning rate",
            )
            for parameters, lr in zip(moved, (chosen, 0.5), strict=True):
                for before, after, grad in zip(start[4:], parameters, gradients, strict=True):
                    step = float(((before - after) * grad).sum() / (grad * grad).sum())
                    expect.true(
                        torch.allclose(before - after, lr * grad, rtol=1e-2, atol=1e-5),
                        seen=f"a step that is not {lr} times the gradient of the mean loss "
                        f"(its length would fit {step:.3g} times)",
                        expected=f"with lr = {lr}, and without dropout, just that",
                    )

        still: dict[str, object] = {"num_epochs": 1, "dropout1": 0.0, "dropout2": 0.0}
        calls = [{**still, "lr": 0.0}, {**still, "lr": chosen}, still]
        tiny.run(student, verify, calls, seed=int(torch.randint(2**31, ())))

    @check(
        "dropout1 and dropout2 reach the network, 0.2 and 0.5 when not given",
        hint="Hand both on to `Net`, in this order.",
    )
    def rates(self, student: Student) -> None:
        # Far from the defaults, in both orders: rates that are ignored are not taken for swapped.
        low, high = uniform(0.3, 0.4), uniform(0.6, 0.7)
        pairs = [(0.2, 0.5), (low, high), (high, low)]

        def verify(run: dict) -> None:
            for report, (first, second) in zip(run["runs"], pairs, strict=True):
                if report["units"] is None:
                    expect.fail(
                        "no network of the chapter's sizes", "`Net(784, 10, 256, 256, ...)`"
                    )
                verify_sizes(expect.tensor(report["units"], shape=(SIGNALS, 10)), first, second)

        calls: list[dict[str, object]] = [{"num_epochs": 1}]
        calls += [{"num_epochs": 1, "dropout1": a, "dropout2": b} for a, b in pairs[1:]]
        Tiny(2).run(student, verify, calls, signals=SIGNALS)

    def _problem(self) -> Problem:
        """The problem that two checks look at."""
        if self.problem is None:
            self.problem = Problem()
        return self.problem

    def picture(self, student: Student) -> Figure | None:
        from grader.checks.pictures import curves

        histories: list[dict] = []

        def keep(run: dict) -> None:
            histories.append(run["runs"][0]["history"])

        Problem().run(student, keep)
        return curves(histories[0])


def verify_sizes(units: Tensor, first: float, second: float) -> None:
    """Units (n, 10) in train mode that are 1 without dropout: are they divided by these rates?

    Five of each example passed the second dropout alone, and five both of them.
    """
    one, both = (expect.finite(part)[part != 0].double() for part in units.split(5, 1))
    expect.true(
        len(one) > 0 and len(both) > 0,
        seen="no hidden unit is left",
        expected=f"dropout1 = {first} and dropout2 = {second}",
    )

    def fits(first: float, second: float) -> bool:
        kept = ((one, 1 - second), (both, (1 - first) * (1 - second)))
        return all(bool(((x * keep - 1).abs() <= RATE).all()) for x, keep in kept)

    if fits(first, second):
        return
    because = ""
    if fits(0, 0):
        because = "no dropout at all"
    elif fits(second, first):
        because = "the two rates are swapped"
    elif fits(first, 0) or fits(0, second):
        because = "one of the two dropouts is not active"
    alone, behind = float(one.median()), float(both.median())
    expect.fail(
        f"units that are kept grow as with dropout1 = {1 - alone / behind:.3g} and "
        f"dropout2 = {1 - 1 / alone:.3g}",
        f"dropout1 = {first} and dropout2 = {second}",
        because,
    )


class Problem:
    """An easy problem: ten sparse patterns of 784 pixels, and noise; its last batch is smaller.

    Sparse, because a step with lr = 0.5 overshoots now and then when the inputs are large.
    A third of the 60 test labels are wrong, so that the accuracy there is another number than on
    the training data.
    """

    num_epochs = 5

    def __init__(self) -> None:
        self.patterns = (torch.rand(10, 784) < 0.1).float()
        self.train = [self._batch(y) for y in shuffled(TRAIN).split(20)]
        self.test = [self._batch(y) for y in shuffled(60).split(40)]
        for _, y in self.test:
            y[::3] = (y[::3] + 1) % 10
        self.test_X, self.test_y = (torch.cat(parts) for parts in zip(*self.test, strict=True))
        self.new_X, self.new_y = self._batch(shuffled(NEW))
        self._answers: dict[bool, object] = {}

    def run(self, student: Student, verify: Callable[[dict], None]) -> None:
        on_right_parts_too(lambda parts: self._answer(student, parts), verify)

    def _answer(self, student: Student, parts: bool) -> object:
        """What comes of it, or the exception that does. It is asked once: training takes time."""
        if parts not in self._answers:
            try:
                self._answers[parts] = student.run(
                    run_train_net,
                    train=[self.train],
                    test=self.test,
                    calls=[{"num_epochs": self.num_epochs}],
                    inputs=[self.test_X, self.new_X],
                    seed=None,
                    signals=0,
                    parts=parts,
                )
            except StudentError as error:
                self._answers[parts] = error
        answer = self._answers[parts]
        if isinstance(answer, StudentError):
            raise answer
        return answer

    def _batch(self, y: Tensor) -> Batch:
        X = (self.patterns[y] + 0.1 * torch.randn(len(y), 784)).clamp(0, 1)
        return [X.reshape(-1, 1, 28, 28), y]


def shuffled(n: int) -> Tensor:
    """Labels (n,) of ten classes that all come equally often."""
    return torch.arange(n)[torch.randperm(n)] % 10


class Tiny:
    """One batch, for questions that a single step answers."""

    def __init__(self, n: int) -> None:
        self.X, self.y = torch.rand(n, 1, 28, 28), torch.randint(10, (n,))
        self.passes = [[[self.X, self.y]]]

    def run(
        self,
        student: Student,
        verify: Callable[[dict], None],
        calls: list[dict[str, object]],
        seed: int | None = None,
        signals: int = 0,
    ) -> None:
        def ask(parts: bool) -> object:
            return student.run(
                run_train_net,
                train=self.passes,
                test=[[self.X[:1], self.y[:1]]],
                calls=calls,
                inputs=[],
                seed=seed,
                signals=signals,
                parts=parts,
            )

        on_right_parts_too(ask, verify)

    def last_layer_gradient(self, parameters: list[Tensor]) -> list[Tensor]:
        """The gradient of the mean loss with respect to weight and bias of the last layer."""
        W1, b1, W2, b2, W3, b3 = parameters
        hidden = torch.relu(torch.relu(self.X.flatten(1) @ W1.T + b1) @ W2.T + b2)
        p = F.softmax(hidden @ W3.T + b3, 1) - F.one_hot(self.y, 10)
        return [p.T @ hidden / len(p), p.mean(0)]


class Passes(Tiny):
    """Black images, and for each pass over them labels of one class, drawn in secret.

    Of two numbers of passes, each has a class that comes in its last pass first, and one that comes
    only after it. Black, because then the bias of the last layer tells which classes were learnt.
    """

    def __init__(self, *wanted: int) -> None:
        super().__init__(2)
        self.wanted = wanted
        few, many = wanted
        drawn = torch.randperm(10).tolist()
        first, last_of_few, then, last, beyond = drawn[:5]
        self.classes = [first] * (few - 1) + [last_of_few] + [then] * (many - few - 1)
        self.classes += [last] + [beyond] * many
        self.never = drawn[5:]
        self.X = torch.zeros_like(self.X)
        self.passes = [[[self.X, torch.full((2,), label)]] for label in self.classes]

    def fit(self, bias: Tensor, wanted: int) -> bool:
        """Does the bias of the last layer (10,) know the last class that was wanted, and no further one?

        Classes that never come stay close to each other: they differ by what they begin with.
        """
        off = (bias - bias[self.never].median()).abs()
        last, beyond = off[self.classes[wanted - 1]], off[self.classes[wanted]]
        return bool(last > 2 * (beyond + off[self.never].max()))


def run_train_net(  # type: ignore[no-untyped-def]
    namespace, train, test, calls, inputs, seed, signals, parts
):
    """Call the student's `train_net` with each of `calls`, keyword arguments, and report.

    train: the batches of each pass over the data, which begin again after the last one. A report holds
    the number of passes, history, the bias of the last layer, and logits of the trained network in
    eval mode. With `seed`, also its parameters, which then depend on the student's code alone; those
    of the last layer only, but for the first call. With `signals`, also that many rows of hidden
    units in train mode, after weights were set so that they are 1 (see `units`).
    """
    import contextlib
    import io

    class Counted(list):
        def __iter__(self):
            passes.append(1)
            return iter(batches[(len(passes) - 1) % len(batches)])

    class RightNet(nn.Module):
        def __init__(self, inputs, outputs, first, second, dropout1=0.2, dropout2=0.5):
            super().__init__()
            self.inputs, self.rates = inputs, (dropout1, dropout2)
            self.a, self.b = nn.Linear(inputs, first), nn.Linear(first, second)
            self.c = nn.Linear(second, outputs)

        def forward(self, X):
            H = F.relu(self.a(X.reshape(-1, self.inputs)))
            H = F.dropout(H, self.rates[0], self.training)
            H = F.dropout(F.relu(self.b(H)), self.rates[1], self.training)
            return self.c(H)

    def right_accuracy(y_hat, y):
        return float((y_hat.argmax(1) == y).float().mean())

    def right_evaluation(net, data_iter):
        training = net.training
        net.eval()
        with torch.no_grad():
            hits = [(float((net(X).argmax(1) == y).sum()), len(y)) for X, y in data_iter]
        net.train(training)
        return sum(h for h, _ in hits) / sum(n for _, n in hits)

    def right_epoch(net, train_iter, loss, updater):
        net.train()
        total, hits, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            losses = loss(y_hat, y)
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
            total += losses.sum().item()
            hits += float((y_hat.argmax(1) == y).sum())
            count += len(y)
        return total / count, hits / count

    def right_dropout(X, dropout):
        return F.dropout(X, dropout)

    def find(net):
        shapes = [(256, 784), (256,), (256, 256), (256,), (10, 256), (10,)]
        found = []  # type: ignore[var-annotated]
        for shape in shapes:
            for p in net.parameters():
                fits = tuple(p.shape) in (shape, shape[::-1])
                if fits and not any(p is other for other in found):
                    found.append(p)
                    break
            else:
                return None
        return found

    def oriented(p):
        return p.detach().T if tuple(p.shape) in ((784, 256), (256, 10)) else p.detach()

    right = {
        "dropout_layer": right_dropout,
        "Net": RightNet,
        "accuracy": right_accuracy,
        "evaluate_accuracy": right_evaluation,
        "train_epoch": right_epoch,
    }

    def trained(keywords):
        del passes[:]
        if seed is not None:
            torch.manual_seed(seed)
        with contextlib.redirect_stdout(io.StringIO()):
            net = namespace["train_net"](Counted(batches[0]), [tuple(b) for b in test], **keywords)
        report: dict = {"passes": len(passes), "history": None, "bias": None}
        curves = ("train_loss", "train_acc", "test_acc")
        if isinstance(net, (tuple, list)) and len(net) == 2:
            net, history = net
            if all(hasattr(history, name) for name in curves):
                report["history"] = {name: list(getattr(history, name)) for name in curves}
        if not isinstance(net, nn.Module):
            raise TypeError("`train_net` should return the network and its history")
        device = next(net.parameters()).device
        net.eval()
        with torch.no_grad():
            report["logits"] = [net(X.to(device)) for X in inputs]
            found = find(net)
            wanted = found if seed is not None else None
            report["parameters"] = wanted and [oriented(p) for p in wanted]
            for p in net.parameters():
                report["bias"] = p.clone() if tuple(p.shape) == (10,) else report["bias"]
            report["units"] = units(net, found, device) if signals and found else None
        return report

    def units(net, found, device):
        """Logit i is unit i of the second hidden layer: its bias for i < 5, else unit i of the first."""
        for p in found:
            p.zero_()
        for i in range(10):
            oriented(found[4])[i, i] = 1
            if i < 5:
                found[1][i] = found[3][i] = 1
            else:
                oriented(found[0])[i, 0] = found[2][i, i] = 1
        X = torch.zeros(signals, 784)
        X[:, 0] = 1
        net.train()
        return net(X.to(device))

    own = {name: namespace[name] for name in right if name in namespace}
    passes = []
    batches = [[tuple(b) for b in each] for each in train]
    if parts:
        namespace.update(right)
    try:
        runs = [trained(keywords) for keywords in calls]
        for report in runs[1:]:
            report["parameters"] = report["parameters"] and report["parameters"][4:]
        return {"runs": runs}
    finally:
        for name in right:
            if name in own:
                namespace[name] = own[name]
            elif parts:
                del namespace[name]
