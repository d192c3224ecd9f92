"""Chapter 1: a further check of `train_net` that students do not have."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.student import Student
from grader.exercises.ch01.train_net import TrainNet


class OtherDevice(HiddenChecks):
    exercise = TrainNet.name

    @check(
        "the network goes to the device that is asked for",
        weight=0.5,
        hint="`.to(device)`, before the optimizer is made.",
    )
    def device(self, student: Student) -> None:
        where = student.run(device_of_the_network)
        expect.true(
            where != "cpu",
            seen="with another device than the CPU asked for, the network is trained on the CPU",
            expected="the network where the batches are",
            because="this would fail on a GPU",
        )


def device_of_the_network(namespace):  # type: ignore[no-untyped-def]
    """Where the network is when it is trained: "cpu", "meta", or "cannot tell".

    torch's "meta" device, which has shapes and no numbers, stands for a GPU. Training cannot run
    there, so the student's `train_epoch` and `evaluate_accuracy` give way to ones that only look.
    """
    import contextlib
    import io

    def look(net):
        places.append(next(net.parameters()).device.type)
        return 0.5

    places: list = []
    train_net = namespace["train_net"]
    stand_ins = {
        "train_epoch": lambda net, *_, **__: (look(net), 0.5),
        "evaluate_accuracy": lambda net, *_, **__: look(net),
    }
    own = {name: namespace[name] for name in stand_ins if name in namespace}
    namespace.update(stand_ins)
    X = torch.empty(4, 1, 28, 28, device="meta")
    y = torch.empty(4, dtype=torch.int64, device="meta")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            train_net([(X, y)], [(X, y)], num_epochs=1, device=X.device)
    except Exception as error:
        mixed = all(word in str(error) for word in ("meta", "cpu", "device"))
        places.append("cpu" if mixed else "cannot tell")
    finally:
        for name in stand_ins:
            del namespace[name]
        namespace.update(own)
    return "cpu" if "cpu" in places else places[0] if places else "cannot tell"
