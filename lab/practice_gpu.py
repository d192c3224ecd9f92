"""Practice GPUs: devices on which a machine without a GPU can try its code.

While `PracticeGPUs` is active, this machine seems to have GPUs. Tensors can be moved to them, made and
computed on them, and what fails on a GPU fails here in the same words: tensors on two devices, a tensor for
numpy that is not on the CPU. The CPU computes it all, so nothing gets faster. What can be counted is
counted: copies, their bytes, and how often Python had to wait for a GPU.
"""

from __future__ import annotations

import contextlib
import time
import timeit
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn

from lab.placement import CPU, Device, Placement, noted, parameter_with_note, where
from lab.practice_files import loads, saves


class Clock:
    """The time of day, as practice GPUs look at it."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        time.sleep(seconds)


@dataclass
class Traffic:
    """What was counted. to_gpu, to_cpu: copies in each direction; bytes: of all of them together; waits: how
    often Python waited until a GPU was done.
    """

    to_gpu: int = 0
    to_cpu: int = 0
    bytes: int = 0
    waits: int = 0


class PracticeGPUs(Placement):
    """While it is active, this machine seems to have `count` GPUs: `cuda:0`, `cuda:1` and so on.

    kind: "cuda", or "mps" for that of a Mac. seconds: how long each operation keeps its GPU busy; Python goes
    on meanwhile, as with a real one, and waits when it wants a result. units: a number for each GPU, in
    which it counts: floats that come from the CPU are multiplied by it, and by an int whole numbers are, too. So
    a result shows where it was computed. clock: what the functions of `time` show meanwhile. names: a namespace
    in which what was imported of all that is replaced is replaced, too. `traffic` has what was counted.

        with PracticeGPUs(1) as gpus:
            X = torch.ones(2, 3).to("cuda:0")
            print(X.device, gpus.traffic.bytes)
    """

    def __init__(
        self,
        count: int = 1,
        *,
        kind: str = "cuda",
        seconds: float = 0.0,
        units: tuple[float, ...] | list[float] = (),
        clock: Clock | None = None,
        names: dict[str, object] | None = None,
    ) -> None:
        super().__init__()
        self.kind, self.traffic, self.clock = kind, Traffic(), clock or Clock()
        self.devices = [torch.device(kind, i) for i in range(count)]
        self._seconds, self._played, self._names = seconds, clock, {} if names is None else names
        self.units = dict(zip(self.devices, units or (1.0,) * count, strict=True))
        self._busy_until = dict.fromkeys(self.devices, 0.0)
        self._current = 0
        self._random: dict[torch.device, Tensor] = {}
        self._patches = contextlib.ExitStack()

    def __enter__(self) -> PracticeGPUs:
        replaced = {
            id(getattr(owner, name)): value
            for owner, name, value in self._replacements()
            if hasattr(owner, name)
        }
        imported = {k: replaced[id(v)] for k, v in self._names.items() if id(v) in replaced}
        self._patches.enter_context(patch.dict(self._names, imported))
        for owner, name, value in self._replacements():
            self._patches.enter_context(patch.object(owner, name, value, create=True))
        seeds = torch.randint(2**62, (len(self.devices),)).tolist()
        self._random = {d: _state_of_seed(s) for d, s in zip(self.devices, seeds, strict=True)}
        super().__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        super().__exit__(*exception)
        self._patches.close()

    def _replacements(self) -> Iterator[tuple[object, str, object]]:
        """What of PyTorch answers for GPUs: owner, name, what stands in its place meanwhile."""
        yield from _clocks(self._played) if self._played else ()
        count = len(self.devices)
        some, here = count > 0, torch.device(self.kind)
        cuda = self.kind == "cuda"
        yield nn.Parameter, "__new__", parameter_with_note(nn.Parameter.__new__)
        yield torch, "save", saves(self, torch.save)
        yield torch, "load", loads(self, torch.load)
        yield torch.backends.mps, "is_available", lambda: some and not cuda
        yield torch.accelerator, "is_available", lambda: some
        yield torch.accelerator, "device_count", lambda: count
        yield (
            torch.accelerator,
            "current_accelerator",
            lambda check_available=False: here if some else None,
        )
        yield torch.accelerator, "current_device_index", lambda: self._current
        yield torch.cuda, "is_available", lambda: some and cuda
        yield torch.cuda, "device_count", lambda: count if cuda else 0
        yield torch.cuda, "get_device_name", lambda device=None: "a practice GPU"
        yield torch.cuda, "is_current_stream_capturing", lambda: False
        yield torch.cuda, "current_stream", lambda device=None: _Stream(self, device)
        yield torch.cuda, "default_stream", lambda device=None: _Stream(self, device)
        yield torch.cuda, "Event", lambda *args, **kwargs: _Event(self)
        yield torch.cuda, "_is_in_bad_fork", lambda: False  # else torch.manual_seed leaves GPUs out
        yield torch.cuda, "manual_seed", self._seed
        yield torch.cuda, "manual_seed_all", self._seed
        yield torch.cuda, "get_rng_state", lambda d="cuda": self._random[self.gpu(d)].clone()
        yield torch.cuda, "set_rng_state", self._set_random
        yield torch.cuda, "get_rng_state_all", lambda: [s.clone() for s in self._random.values()]
        yield torch.cuda, "set_rng_state_all", self._set_all_random
        # What `synchronize`, `device`, `set_device` and `current_device` call: so those do as they are told
        # wherever a learner keeps them, in a dictionary or as a default.
        yield torch.cuda, "_lazy_init", lambda: self.gpu("cuda")
        yield torch.cuda, "_exchange_device", self._exchange
        yield torch.cuda, "_maybe_exchange_device", self._exchange
        yield torch._C, "_cuda_getDevice", lambda: self._current
        yield torch._C, "_cuda_setDevice", self._exchange
        yield torch._C, "_cuda_synchronize", lambda: self.synchronize(here)
        yield torch._C, "_mps_deviceSynchronize", lambda: self.synchronize("mps")
        yield torch._C, "_accelerator_synchronizeDevice", self.synchronize

    # Which GPU -------------------------------------------------------------------------------------

    def gpu(self, device: Device) -> torch.device:
        """The GPU that is meant, the current one for "cuda". Raises RuntimeError for one that is not there."""
        named = torch.device(self.kind, device) if isinstance(device, int) else torch.device(device)
        if named.index is None:
            named = torch.device(named.type, self._current)
        if named not in self.units:
            there = ", ".join(map(str, self.devices)) or "none"
            raise RuntimeError(f"invalid device ordinal: {named} was asked for; GPUs here: {there}")
        return named

    def place(self, device: Device) -> torch.device:
        if not isinstance(device, int) and torch.device(device).type in ("cpu", "meta"):
            return torch.device(torch.device(device).type)
        return self.gpu(device)

    def _exchange(self, index: int) -> int:
        """Make another GPU the current one, none for a negative number; the one that it was."""
        before = self._current
        if index >= 0:
            self._current = self.gpu(index).index
        return before

    # Time ------------------------------------------------------------------------------------------

    def runs(self, device: torch.device) -> None:
        if device != CPU:
            self.keep_busy(device, self._seconds)

    def keep_busy(self, device: Device, seconds: float) -> None:
        """Give a GPU work that takes so long, and begins when all before it is done."""
        gpu = self.gpu(device)
        self._busy_until[gpu] = max(self._busy_until[gpu], self.clock.now()) + seconds

    def busy_until(self, device: Device) -> float:
        """When, on the clock, a GPU will have done all that it was given."""
        return self._busy_until[self.gpu(device)]

    def synchronize(self, device: Device) -> None:
        """Wait until a GPU has done all that it was given."""
        self.traffic.waits += 1
        if (left := self.busy_until(device) - self.clock.now()) > 0:
            self.clock.sleep(left)

    # Copies ----------------------------------------------------------------------------------------

    def copied(self, X: Tensor, target: torch.device) -> Tensor:
        source = where(X)
        if target.type == "meta":
            return X.to(target)
        if source != CPU:
            self.synchronize(source)
        self.traffic.to_gpu += target != CPU
        self.traffic.to_cpu += target == CPU
        self.traffic.bytes += X.numel() * X.element_size()
        unit = self.units.get(target, 1.0) if source == CPU else 1.0
        counts = X.is_floating_point() or (isinstance(unit, int) and X.dtype != torch.bool)
        return noted(X * unit if counts and unit != 1 else X.clone(), target)

    # Random numbers: every GPU has its own -----------------------------------------------------------

    @contextlib.contextmanager
    def random_numbers_of(self, device: torch.device) -> Iterator[None]:
        if device == CPU:
            yield
            return
        ours = torch.get_rng_state()
        torch.set_rng_state(self._random[device])
        try:
            yield
        finally:
            self._random[device] = torch.get_rng_state()
            torch.set_rng_state(ours)

    def _seed(self, seed: int) -> None:
        self._random = dict.fromkeys(self.devices, _state_of_seed(seed))

    def _set_all_random(self, states: list[Tensor]) -> None:
        for i, state in enumerate(states):
            self._set_random(state, i)

    def _set_random(self, state: Tensor, device: Device = "cuda") -> None:
        self._random[self.gpu(device)] = state.clone()


class _Stream:
    """What stands for `torch.cuda.Stream`: all that a GPU is given to do."""

    def __init__(self, gpus: PracticeGPUs, device: Device | None) -> None:
        self._gpus, self.device = gpus, gpus.gpu("cuda" if device is None else device)

    def synchronize(self) -> None:
        self._gpus.synchronize(self.device)


class _Event:
    """What stands for `torch.cuda.Event`: a moment in the work of a GPU."""

    def __init__(self, gpus: PracticeGPUs) -> None:
        self._gpus, self._at = gpus, 0.0

    def record(self, stream: _Stream | None = None) -> None:
        self._stream = stream or _Stream(self._gpus, None)
        self._at = max(self._gpus.clock.now(), self._gpus.busy_until(self._stream.device))

    def synchronize(self) -> None:
        self._stream.synchronize()

    def elapsed_time(self, other: _Event) -> float:
        return 1000 * (other._at - self._at)


def _clocks(clock: Clock) -> Iterator[tuple[object, str, object]]:
    """Python's clocks, which all show this one."""
    for name in ("perf_counter", "time", "monotonic"):
        yield time, name, clock.now
        yield time, f"{name}_ns", lambda: int(1e9 * clock.now())
    yield time, "sleep", clock.sleep
    yield timeit, "default_timer", clock.now


def _state_of_seed(seed: int) -> Tensor:
    generator = torch.Generator()
    generator.manual_seed(seed)
    return generator.get_state()
