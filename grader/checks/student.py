"""The student's code as a check sees it: call a function, run a probe, get plain data back.

Checks are written against `Student` alone. `LocalStudent` stands for the notebook's own namespace;
the sandbox has another implementation that talks to a process out of reach. Both pass every
argument and result through the wire format, so a check cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import torch

from grader.wire import codec
from grader.wire import probe as probes


class Student(Protocol):
    """What a check may do with a student's code. Only plain data crosses, in both directions:
    None, bool, int, float, str, list, dict and tensors.
    """

    def call(self, name: str, *args: object, **kwargs: object) -> object:
        """Call the student's function `name`. Raises StudentError for what the code raises."""

    def run(self, probe: Callable[..., object], **inputs: object) -> object:
        """Run `probe(namespace, **inputs)` beside the student's code and return its plain result.

        A probe is a plain function at the top level of its module. It travels as source, with what
        it names (`grader.wire.probe`).
        """


class LocalStudent:
    """The student's code in this process: a notebook's namespace, name to object."""

    def __init__(self, namespace: dict[str, object]) -> None:
        self._namespace = namespace
        self._random = torch.random.get_rng_state()

    def call(self, name: str, *args: object, **kwargs: object) -> object:
        sent_args, sent_kwargs = _travel([list(args), kwargs])
        with self._own_random_numbers():
            return _travel(probes.call(self._namespace, name, sent_args, sent_kwargs))

    def run(self, probe: Callable[..., object], **inputs: object) -> object:
        with self._own_random_numbers():
            return _travel(probes.run(self._namespace, probes.source_of(probe), _travel(inputs)))

    @contextmanager
    def _own_random_numbers(self) -> Iterator[None]:
        """The student's draws do not move the check's random state, nor the other way round. Nor does
        a default type or a switched-off autograd that some cell has left behind matter.
        """
        ours = torch.random.get_rng_state()
        torch.random.set_rng_state(self._random)
        try:
            with probes.torch_state_as_at_the_start():
                yield
        finally:
            self._random = torch.random.get_rng_state()
            torch.random.set_rng_state(ours)


def _travel(value):
    return codec.decode(codec.encode(value))
