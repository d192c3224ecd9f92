"""Chapter 1: the exercise `train_net`. The judge has small problems of its own to train on."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.functions import ON_THE_CPU, told_by_meta, unless_zeros_were_drawn
from grader.checks.networks import MLP, descended, find_parameters, logits, oriented
from grader.checks.randomness import integer, labels, shuffled, uniform
from grader.checks.student import Student
from grader.checks.training import Batch, EasyImages

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BOOK = MLP((784, 256, 256, 10))
SHAPES = BOOK.shapes
MET = MLP((64, 256, 256, 10))
"""What is left of it for images that are black but for 64 pixels."""
CURVES = ("train_loss", "train_acc", "test_acc")
LEARNT = 0.9
"""Accuracy on new examples of the easy problem: guessing gives 0.1; right answers gave 1.0 in 1500 runs."""
TRAIN, TEST, NEW = 20, 12, 150
"""Examples to train on, to test on, and new ones on which that accuracy is taken."""
EPOCHS = 5
SIGNALS = 32
"""Examples for rates: 5 units each for either rate."""
STILL: dict[str, object] = {"num_epochs": 1, "dropout1": 0.0, "dropout2": 0.0}


class TrainNet(Exercise):
    name, points = "train_net", 4
    uses = ("Net", "train_epoch", "evaluate_accuracy")
    hints = (
        "Everything that you need is written already: `Net`, `train_epoch`, `evaluate_accuracy`. "
        "This function makes the network, the loss and the optimizer, and then repeats.",
        "`nn.CrossEntropyLoss(reduction='none')` gives one loss an example, as `train_epoch` "
        "wants it. `torch.optim.SGD(net.parameters(), lr=lr)` is the updater.",
        "Make the net of the chapter's sizes with both rates, move it with `.to(device)`, make "
        "loss and optimizer, and a `History()`. For each epoch: append the two numbers of "
        "`train_epoch` and the test accuracy to its three lists. Return the net and the history.",
    )

    @cached_property
    def problem(self) -> EasyImages:
        """The problem that two checks look at."""
        return EasyImages(TRAIN, TEST, NEW)

    _long: dict | None = None
    _passes: Passes | None = None
    _descent: Descent | None = None

    def _long_run(self, student: Student) -> dict:
        """What comes of EPOCHS epochs. Training takes time, so it is done once."""
        if self._long is None:
            calls: list[dict[str, object]] = [{"num_epochs": EPOCHS}]
            problem = self.problem
            (self._long,) = trained(student, [problem.train], calls, problem.test, [problem.new_X])
        return self._long

    def _both_runs(self, student: Student) -> Passes:
        """What comes of the default number of epochs, and of another: three checks look at it."""
        if self._passes is None:
            self._passes = Passes(student)
        return self._passes

    @check("dropout1 and dropout2 reach the network, 0.2 and 0.5 when not given", essential=True)
    def rates(self, student: Student) -> None:
        """Hand both on to `Net`, in this order."""
        passes = self._both_runs(student)
        for run, pair in zip(passes.runs, passes.rates, strict=True):
            verify_sizes(expect.tensor(run["units"], shape=(SIGNALS, 10)), *pair)

    @check("gradient descent with the learning rate lr, 0.5 when not given")
    def learning_rate(self, student: Student) -> None:
        """`torch.optim.SGD(net.parameters(), lr=lr)`, made once, before the epochs."""

        def verify() -> None:
            self._descent = Descent(student)  # with which the check of the numbers begins
            verify_descent(self._descent)

        unless_zeros_were_drawn(verify, Descent.draws)

    @check("the network learns", weight=2, essential=True)
    def learns(self, student: Student) -> None:
        """Does the loss fall? The optimizer must hold the parameters of the network that comes back."""
        long_run = self._long_run(student)
        new = expect.tensor(long_run["outputs"][0], shape=(NEW, 10))
        share = float((expect.finite(new).argmax(1) == self.problem.new_y).double().mean())
        # A network that is right on 99 % of the problem; the long proof measures that it is.
        statistics.book("share", statistics.tail(NEW, 0.99, LEARNT), NEW, LEARNT)
        expect.true(
            share >= LEARNT,
            seen=f"after {EPOCHS} epochs on an easy problem, "
            f"{100 * share:.3g} % of new examples are right",
            expected=f"more than {100 * LEARNT:.0f} %",
        )
        if long_run["history"] is not None:
            loss = [expect.number(v) for v in expect.items(long_run["history"]["train_loss"])]
            expect.true(
                len(loss) != EPOCHS or loss[-1] < 0.8 * loss[0],
                seen=f"train loss from {loss[0]:.3g} to {loss[-1]:.3g} in {EPOCHS} epochs"
                if loss
                else "",
                expected="a loss that falls: each epoch goes on where the last one ended",
            )

    @check("the history has one number an epoch in each list", essential=True)
    def history(self, student: Student) -> None:
        """`history.train_loss.append(...)`, and likewise for `train_acc` and `test_acc`."""
        long_run, passes = self._long_run(student), self._both_runs(student)
        for run, epochs in ((long_run, EPOCHS), (passes.runs[0], passes.wanted[0])):
            if run["history"] is None:
                expect.fail("no history came back", "`return net, history`, made by `History()`")
            for name in CURVES:
                count = len(expect.items(run["history"][name]))
                expect.true(
                    count == epochs,
                    seen=f"`history.{name}` has {count} entries after {epochs} epochs",
                    expected=f"{epochs}",
                )
        loss, accuracy = ([expect.number(v) for v in long_run["history"][n]] for n in CURVES[:2])
        expect.true(
            all(0 <= share <= 1 for share in accuracy),
            seen=f"train accuracies from {min(accuracy):.4g} to {max(accuracy):.4g}",
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

    @check("the history has the numbers of each epoch")
    def numbers(self, student: Student) -> None:
        """Train loss and accuracy come from `train_epoch`; the test accuracy is measured after it."""

        def verify() -> None:
            descent, self._descent = self._descent, None
            verify_numbers(descent or Descent(student))

        unless_zeros_were_drawn(verify, Descent.draws)

    @check("num_epochs passes over the training data, 10 when not given", weight=0.5)
    def epochs(self, student: Student) -> None:
        """`for epoch in range(num_epochs):`"""
        passes = self._both_runs(student)
        for run, wanted in zip(passes.runs, passes.wanted, strict=True):
            seen = int(expect.number(run["passes"]))
            expect.true(
                seen == wanted,
                seen=f"{seen} passes over `train_iter`",
                expected=f"{wanted}",
                because={
                    0: "`train_iter` is not used",
                    2 * wanted: "twice an epoch: what is the test accuracy measured on?",
                }.get(seen, ""),
            )
            if self.passed("learns"):
                (bias,) = parameters_of_run(run, 1)
                expect.true(
                    passes.fit(bias, wanted),
                    seen=f"{wanted} passes over `train_iter`, and a network that has not learnt "
                    "from what they gave",
                    expected="one that has seen the labels of the last pass, and none after it",
                )

    @check("the network goes to the device that is asked for", weight=0)
    def device(self, student: Student) -> None:
        """`.to(device)`, before the optimizer is made."""
        where = student.run(device_of_the_network)
        expect.true(
            where in ("meta", "cannot tell"),
            seen="with another device than the CPU asked for, "
            + ("the network is trained on the CPU" if where == "cpu" else f"{expect.show(where)}"),
            expected="the network where the batches are",
            because="this would fail on a GPU" if where == "cpu" else "",
        )

    def picture(self, student: Student) -> Figure | None:
        from grader.checks.pictures import curves

        return curves(self._long_run(student)["history"])


STEP = expect.Tolerance(1e-2, 1e-5)
"""A step is the difference of two parameters that are hundreds of times larger."""
TIE = 1e-4
"""Examples whose two largest logits are closer may count as right or wrong."""


class Descent:
    """A few steps of gradient descent without dropout, each an epoch of one batch, from one start.

    parameters: at the start and after each of the epochs; with the default rate after one. history: that of the
    run that has all epochs. All images are black but for the pixels that are drawn, so that these columns of the
    first weight are all that matters.
    """

    epochs, size = 3, 6
    draws = 8 * size * 512

    def __init__(self, student: Student) -> None:
        self.student, self.pixels = student, torch.randperm(784)[: MET.sizes[0]]
        # Bright, so that a step changes what the network says of most images.
        patterns = 3 * F.one_hot(labels(len(self.pixels))).T.float()
        self.y = torch.randperm(10)[: self.size]
        self.X, self.test_X = (
            patterns[y] + 0.1 * torch.rand(len(y), len(self.pixels)) for y in (self.y, labels(30))
        )
        self.lr, self.seed = uniform(0.1, 0.3), integer(0, 2**31 - 2)
        calls: list[dict[str, object]] = [{"lr": 0.0, "num_epochs": 1}, {"num_epochs": 1}]
        calls += [{"lr": self.lr, "num_epochs": n} for n in range(1, self.epochs)]
        came = [parameters_of_run(run) for run in self._run(calls, None)]
        self.read = reading_of(came[0], came[2], self.X, self.y, self.lr)
        start, self.by_default, *after = map(self.read, came)
        self.parameters = [start, *after]
        # At the start, the network is wrong on all test examples; after the first epoch, on fewer.
        chosen, first = (self.logits(n, self.test_X).argmax(1) for n in (0, 1))
        self.test_y = torch.where(first != chosen, first, (first + 1) % 10)
        test = [self.images(self.test_X, self.test_y)]
        (last,) = self._run([{"lr": self.lr, "num_epochs": self.epochs}], test)
        self.parameters.append(self.read(parameters_of_run(last)))
        self.history = last["history"]

    def _run(self, calls: list[dict[str, object]], test: list[Batch] | None) -> list[dict]:
        return trained(
            self.student,
            [[self.images(self.X, self.y)]],
            [{**STILL, **call} for call in calls],
            test,
            seed=self.seed,
            parameters=len(SHAPES),
            pixels=self.pixels,
        )

    def images(self, X: Tensor, y: Tensor) -> Batch:
        """A batch, black but for the pixels."""
        images = torch.zeros(len(X), 784).index_copy(1, self.pixels, X)
        return [images.reshape(-1, 1, 28, 28), y]

    def logits(self, epoch: int, X: Tensor) -> Tensor:
        """After so many epochs."""
        return logits(self.parameters[epoch], X)


Reading: TypeAlias = Callable[[list[Tensor]], list[Tensor]]


def reading(exchanged: bool, turned: bool) -> Reading:
    """The biases of the hidden layers in each other's place, or the square weight the other way round."""

    def read(parameters: list[Tensor]) -> list[Tensor]:
        W1, b1, W2, b2, *last = parameters
        biases = (b2, b1) if exchanged else (b1, b2)
        return [W1, biases[0], W2.T if turned else W2, biases[1], *last]

    return read


def reading_of(
    start: list[Tensor], first: list[Tensor], X: Tensor, y: Tensor, lr: float
) -> Reading:
    """How parameters that came back are to be read: which of two biases of one shape belongs to which layer, and
    which way round a square weight lies, nobody can tell who has the network alone. Under the right reading, the
    first step is one.
    """
    readings = [reading(*how) for how in itertools.product((False, True), repeat=2)]
    for read in readings:
        ways = steps(start, first, descended(read(start), X, y, lr, 1))
        if all(expect.agrees(then - now, then - wanted, STEP) for then, now, wanted in ways):
            return read
    return readings[0]


def verify_descent(descent: Descent) -> None:
    """Every epoch is one step with the rate that was asked for, 0.5 by default."""
    X, y, lr = descent.X, descent.y, descent.lr
    start, first, *later = descent.parameters
    expect.true(
        not all(torch.equal(a, b) for a, b in zip(start, first, strict=True)),
        seen=f"the same network after one epoch, for lr = 0 and for lr = {lr}",
        expected=f"a step that is {lr} times the gradient",
    )
    for after, rate in ((first, lr), (descent.by_default, 0.5)):
        for before, now, wanted in steps(start, after, descended(start, X, y, rate, 1)):
            way, wanted_way = before - now, before - wanted
            expect.true(
                bool(wanted_way.any()),
                seen="a network whose hidden units are all 0",
                expected="one that begins with the weights that `nn.Linear` draws",
            )
            times = rate * float((way * wanted_way).sum() / (wanted_way**2).sum())
            right = expect.agrees(way, wanted_way, STEP)
            expect.true(
                right,
                seen=f"a step that is not {rate} times the gradient of the mean loss "
                f"(its length would fit {times:.3g} times)",
                expected=f"with lr = {rate}, and without dropout, just that",
                because="" if right else many_steps(start, after, X, y, rate),
            )
    for number, after in enumerate(later, 2):
        for before, now, wanted in steps(start, after, descended(start, X, y, lr, number)):
            way, wanted_way = before - now, before - wanted
            expect.true(
                expect.agrees(way, wanted_way, STEP),
                seen=f"after epoch {number}, parameters that {number} such steps do not give",
                expected="steps that go on where the last one ended, with one rate and no momentum",
                because="these lie far from where the first epoch began, as those of a new network do"
                if float(way.norm()) > 20 * float(wanted_way.norm())
                else "",
            )


def many_steps(start: list[Tensor], after: list[Tensor], X: Tensor, y: Tensor, lr: float) -> str:
    """A sentence when the parameters after one epoch are those of another number of epochs."""
    known = {n: descended(start, X, y, lr, n)[5] for n in (2, 3, 10)}
    found = [n for n, bias in known.items() if expect.agrees(after[5], bias, STEP)]
    return f"this is where {found[0]} epochs lead" if found else ""


def steps(*parameters: list[Tensor]) -> list[tuple[Tensor, ...]]:
    """The last layer's weight and bias, before and after."""
    return list(zip(*parameters, strict=True))[4:]


def verify_numbers(descent: Descent) -> None:
    """The history of these epochs is what the parameters before and after each epoch give."""
    X, y, epochs, history = descent.X, descent.y, range(descent.epochs), descent.history
    if history is None:
        expect.fail("no history came back", "`return net, history`, made by `History()`")
    seen = {name: [expect.number(v) for v in expect.items(history[name])] for name in CURVES}
    before = [descent.logits(n, X) for n in epochs]
    loss = [float(F.cross_entropy(out, y)) for out in before]
    expect.close(seen["train_loss"], loss, text="a history of train losses with {}", tolerance=LOSS)
    after = [descent.logits(n + 1, X) for n in epochs]
    verify_shares(
        seen["train_acc"],
        [shares(out, y) for out in before],
        "train_acc",
        "taken while training, from the `y_hat` of each step",
        {"these are measured after the epoch": [shares(out, y) for out in after]},
    )
    measured = [
        shares(descent.logits(n, descent.test_X), descent.test_y) for n in range(len(epochs) + 1)
    ]
    verify_shares(
        seen["test_acc"],
        measured[1:],
        "test_acc",
        "measured on `test_iter` after each epoch",
        {
            "these are measured before the epoch": measured[:-1],
            "these are the train accuracies": [shares(out, y) for out in before],
        },
    )


LOSS = expect.Tolerance(1e-2, 1e-3)
"""A mean loss of steps whose parameters are known to STEP."""
Share = tuple[float, float]


def shares(out: Tensor, y: Tensor) -> Share:
    """The accuracy of logits (n, 10), from and to: what is nearly a tie may count either way."""
    first, second = out.topk(2, 1).values.unbind(1)
    clear, right = first - second > TIE, out.argmax(1) == y
    surely = float((right & clear).double().mean())
    return surely, surely + float((~clear).double().mean())


def verify_shares(
    seen: list[float],
    right: list[Share],
    name: str,
    expected: str,
    mistakes: dict[str, list[Share]],
) -> None:
    """One accuracy for each epoch lies between its bounds."""

    def fit(wanted: list[Share]) -> bool:
        pairs = zip(seen, wanted, strict=True)
        return all(low - 1e-4 <= value <= high + 1e-4 for value, (low, high) in pairs)

    expect.items(seen, len(right), expected=f"{len(right)} entries in `history.{name}`")
    because = [text for text, wanted in mistakes.items() if fit(wanted)]
    expect.true(
        fit(right),
        seen=f"`history.{name}` is {[round(value, 3) for value in seen]}",
        expected=f"{[round(low, 3) for low, _ in right]}, {expected}",
        because=because[0] if len(because) == 1 else "",
    )


def verify_sizes(units: Tensor, first: float, second: float) -> None:
    """Units (n, 10) in train mode that are 1 without dropout: are they divided by these rates?

    Five of each example passed the second dropout alone, and five both of them.
    """
    size = SIGNALS * 5
    statistics.book("none left", second**size + (1 - (1 - first) * (1 - second)) ** size)
    one, both = (expect.finite(part)[part != 0].double() for part in units.split(5, 1))
    expect.true(
        len(one) > 0 and len(both) > 0,
        seen="no hidden unit is left",
        expected=f"dropout1 = {first} and dropout2 = {second}",
    )
    alone, behind = one.median(), both.median()
    grown = [float(1 - alone / behind), float(1 - 1 / alone)]
    expect.true(
        expect.agrees(one, alone.expand_as(one), expect.LAYERS)
        and expect.agrees(both, behind.expand_as(both), expect.LAYERS)
        and expect.agrees(grown, [first, second], expect.LAYERS),
        seen="units that are kept grow as with dropout1 = {:.3g} and dropout2 = {:.3g}".format(
            *grown
        ),
        expected=f"dropout1 = {first} and dropout2 = {second}",
        because=expect.named(
            grown,
            [first, second],
            {
                "no dropout at all": [0.0, 0.0],
                "the two rates are swapped": [second, first],
                "dropout1 is not active": [0.0, second],
                "dropout2 is not active": [first, 0.0],
            },
            expect.LAYERS,
        ),
    )
    expect.rate(units[:, :5] == 0, second, what=f"of the units are 0 with dropout2 = {second}")


class Passes:
    """Two runs: a few epochs with rates of dropout far from the defaults, and what is the default of all three.

    Images are black, and for each pass over them the labels are of one class, drawn in secret. The last pass that
    is wanted, for each of the two numbers of passes, is the first with its class, and the pass after it is the
    first with another one. Black, because then the bias of the last layer tells which classes were learnt, also
    with dropout.
    """

    def __init__(self, student: Student) -> None:
        few, many = self.wanted = integer(2, 4), 10
        given = shuffled([uniform(0.3, 0.4), uniform(0.6, 0.7)])
        self.rates = (given, [0.2, 0.5])
        drawn = torch.randperm(10).tolist()
        first, last_of_few, then, last, beyond = drawn[:5]
        self.never = drawn[5:]
        self.classes = [first] * (few - 1) + [last_of_few] + [then] * (many - few - 1)
        self.classes += [last] + [beyond] * many
        X = torch.zeros(2, 1, 28, 28)
        batches: list[list[Batch]] = [[[X, torch.full((2,), c)]] for c in self.classes]
        # A large learning rate, beside which the bias that a network begins with is small.
        names = ("num_epochs", "dropout1", "dropout2")
        calls = [{"lr": 2.0, **dict(zip(names, (few, *given), strict=True))}, {"lr": 2.0}]
        self.runs = trained(student, batches, calls, signals=SIGNALS, parameters=1)

    def fit(self, bias: Tensor, wanted: int) -> bool:
        """Does the bias of the last layer (10,) know the last class that was wanted, and none after it?

        Classes that never come stay close to each other: they differ by what they begin with.
        """
        off = (bias - bias[self.never].median()).abs()
        last, beyond = off[self.classes[wanted - 1]], off[self.classes[wanted]]
        return bool(last > 2 * (beyond + off[self.never].max()))


def trained(
    student: Student,
    train: list[list[Batch]],
    calls: list[dict[str, object]],
    test: list[Batch] | None = None,
    inputs: list[Tensor] | None = None,
    seed: int | None = None,
    signals: int = 0,
    parameters: int = 0,
    pixels: Tensor | None = None,
) -> list[dict]:
    """One report of `run_train_net` for each of `calls`."""
    runs = student.run(
        run_train_net,
        train=train,
        test=test or [[part[:1] for part in train[0][0]]],
        calls=calls,
        inputs=inputs or [],
        seed=seed,
        signals=signals,
        parameters=parameters,
        pixels=pixels,
    )
    return [expect.record(run) for run in expect.items(runs, len(calls))]


def parameters_of_run(run: dict, count: int = len(SHAPES)) -> list[Tensor]:
    """The last `count` of the six parameters, which came back, or a failure without them. Of the first weight, the
    columns of MET."""
    if run["parameters"] is None:
        expect.fail("no network of the chapter's sizes", "`Net(784, 10, 256, 256, ...)`")
    pairs = zip(expect.items(run["parameters"], count), MET.shapes[-count:], strict=True)
    return [expect.tensor(p, shape=shape) for p, shape in pairs]


# What follows runs beside a student's code.


class Counted:
    """An iterator that counts its passes; train: the batches of each pass, then from the first again."""

    def __init__(self, train):
        self.train, self.passes = train, 0

    def __len__(self) -> int:
        return len(self.train[0])

    def __iter__(self):
        self.passes += 1
        batches = self.train[(self.passes - 1) % len(self.train)]
        return iter([tuple(batch) for batch in batches])


def run_train_net(namespace, train, test, calls, inputs, seed, signals, parameters, pixels):
    """Call the student's `train_net` with each of `calls`, keyword arguments, and report: the number of
    passes, the history, the last `parameters` of its parameters (of the first weight, the columns of `pixels`), and
    the outputs of the trained network in eval mode.

    With `seed`, the parameters depend on the student's code alone. With `signals`, the report has that
    many rows of hidden units in train mode, after weights were set so that they are 1 (see `units`).
    """
    reports = []
    for keywords in calls:
        data = Counted(train)
        if seed is not None:
            torch.default_generator.manual_seed(seed)  # and no other device's, which takes its time
        with contextlib.redirect_stdout(io.StringIO()):
            result = namespace["train_net"](data, [tuple(b) for b in test], **keywords)
        net, history = result if isinstance(result, (tuple, list)) else (result, None)
        if not isinstance(net, nn.Module):
            raise TypeError("`train_net` should return the network and its history")
        report = {"passes": data.passes, "history": None, "units": None, "parameters": None}
        if all(hasattr(history, name) for name in CURVES):
            report["history"] = {name: list(getattr(history, name)) for name in CURVES}
        net.eval()
        device = next(net.parameters()).device
        with torch.no_grad():
            report["outputs"] = [net(X.to(device)) for X in inputs]
            found = find_parameters(list(net.parameters()), SHAPES)
            if found is not None and None not in found:
                oriented_ones = oriented(found, SHAPES)
                kept = list(oriented_ones)
                if pixels is not None:
                    kept[0] = kept[0][:, pixels]
                report["parameters"] = [p.clone() for p in kept[len(kept) - parameters :]]
                report["units"] = units(net, oriented_ones, signals, device) if signals else None
        reports.append(report)
    return reports


def units(net, parameters, signals, device):
    """Logit i is unit i of the second hidden layer: its bias for i < 5, else unit i of the first."""
    for p in parameters:
        p.zero_()
    for i in range(10):
        parameters[4][i, i] = 1
        if i < 5:
            parameters[1][i] = parameters[3][i] = 1
        else:
            parameters[0][i, 0] = parameters[2][i, i] = 1
    X = torch.zeros(signals, 784)
    X[:, 0] = 1
    net.train()
    return net(X.to(device))


def device_of_the_network(namespace):
    """Where the network is when it is trained: "cpu", "meta", or "cannot tell".

    torch's "meta" device, which has shapes and no numbers, stands for a GPU. Training cannot run
    there, so the student's `train_epoch` and `evaluate_accuracy` give way to ones that only look.
    """

    def look(net, *args, **kwargs):
        places.append(next(net.parameters()).device.type)
        return 0.5

    places = []
    own = {name: namespace.get(name) for name in ("train_epoch", "evaluate_accuracy")}
    namespace["evaluate_accuracy"] = look
    namespace["train_epoch"] = lambda net, *args, **kwargs: (look(net), 0.5)
    X, y = torch.empty(4, 1, 28, 28, device="meta"), torch.empty(4, device="meta").long()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            namespace["train_net"]([(X, y)], [(X, y)], num_epochs=1, device=X.device)
    except Exception as error:
        told = told_by_meta(error)
        places.append("cpu" if told == ON_THE_CPU else told)
    finally:
        namespace.update(own)
    return "cpu" if "cpu" in places else places[0] if places else "cannot tell"
