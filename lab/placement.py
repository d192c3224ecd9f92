"""Where each tensor is, on a machine whose GPUs are only played: the rules of PyTorch about devices.

The tensors are ordinary ones of the CPU that carry a note of where they are. A `TorchFunctionMode` sees every
operation, holds it to the rules, and writes the notes of what comes of it.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._pytree import tree_leaves, tree_map_only

CPU = torch.device("cpu")
Device = torch.device | str | int
_NOTE = "_practice_device"
_FACTORIES = {
    *("arange", "as_tensor", "empty", "empty_like", "eye", "full", "full_like", "linspace", "normal"),
    *("ones", "ones_like", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like"),
    *("randperm", "scalar_tensor", "tensor", "zeros", "zeros_like"),
    *("new_empty", "new_full", "new_ones", "new_tensor", "new_zeros"),
}  # fmt: skip
_FROM_DATA = {"as_tensor", "tensor", "new_tensor"}
_RANDOM = {
    *("alpha_dropout", "bernoulli", "bernoulli_", "dropout", "dropout_", "exponential_", "multinomial"),
    *("normal", "normal_", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like"),
    *("random_", "randperm", "uniform_"),
}  # fmt: skip
_TO_PYTHON = {
    *("item", "tolist", "equal", "allclose"),
    *("__bool__", "__float__", "__int__", "__index__", "__format__"),
}
_NAME_A_DEVICE = {"to", "cuda", *_FACTORIES}
_FOR_NUMPY = {"numpy", "__array__"}
_COMPARES_KINDS = "_has_compatible_shallow_copy_type"
"""With it `Module.to` asks whether a parameter may take the place of another: here, always."""


def where(X: Tensor) -> torch.device:
    """Where the tensor is: as its note has it, else as PyTorch has it."""
    noted = X.__dict__.get(_NOTE)
    return noted if noted is not None else X.device


def noted(value: Any, device: torch.device) -> Any:
    """The value; all tensors in it are on this device from now on."""

    def note(X: Tensor) -> Tensor:
        if device.type in ("cpu", "meta"):
            X.__dict__.pop(_NOTE, None)
        else:
            setattr(X, _NOTE, device)
        return X

    return tree_map_only(Tensor, note, value)


def common_device(tensors: list[Tensor], name: str) -> torch.device:
    """Where an operation on these tensors takes place. Raises RuntimeError for two devices.

    A single number on the CPU, of no dimension, may stand beside tensors of a GPU, and is not written to.
    """
    places = list(dict.fromkeys(where(t) for t in tensors if where(t) != CPU or t.dim() > 0))
    writes = name.endswith("_") and not name.endswith("__") and not name.startswith("_foreach")
    if writes and places and where(tensors[0]) not in places:
        places.append(where(tensors[0]))
    if len(places) > 1:
        first, second = sorted(map(str, places), reverse=True)[:2]
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices, "
            f"{first} and {second}! (when checking the arguments of {name})"
        )
    return places[0] if places else CPU


class Placement(TorchFunctionMode):
    """Holds every operation to the rules. What crosses, runs and waits is a subclass's matter."""

    kind: str
    devices: list[torch.device]

    @abstractmethod
    def place(self, device: Device) -> torch.device:
        """The device that is meant. Raises RuntimeError for one that is not there."""

    @abstractmethod
    def copied(self, X: Tensor, target: torch.device) -> Tensor:
        """A copy of X on another device than its own."""

    @abstractmethod
    def runs(self, device: torch.device) -> None:
        """An operation was given to a device, which need not be done with it yet."""

    @abstractmethod
    def random_numbers_of(self, device: torch.device) -> contextlib.AbstractContextManager[None]:
        """Meanwhile, what is drawn comes from the device's own random numbers."""

    def __torch_function__(
        self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        if not self.devices and name not in _NAME_A_DEVICE:  # nothing can be anywhere else
            return func(*args, **kwargs)
        if name in ("__get__", "__set__"):
            return self._attribute(_attribute_of(func), name, func, args)
        if name in ("to", "cuda", "cpu", "copy_") and args and isinstance(args[0], Tensor):
            return getattr(self, f"_{name.strip('_')}")(func, *args, **kwargs)
        if name in _FACTORIES:
            return self._made(name, func, args, kwargs)
        if name in ("pin_memory", "get_device"):
            return args[0] if name == "pin_memory" else _number(where(args[0]))
        if name == _COMPARES_KINDS:
            return func(*args, **kwargs)
        device = self._device_of(name, args, kwargs)
        if device.type in ("cpu", "meta"):
            return func(*args, **kwargs)
        if name in _FOR_NUMPY:
            raise TypeError(
                f"can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the "
                "tensor to host memory first."
            )
        if name in _TO_PYTHON:
            bring = lambda X: X if where(X) == CPU else self.copied(X, CPU)  # noqa: E731
            return func(*tree_map_only(Tensor, bring, args), **kwargs)
        if name == "__repr__":
            return f"{func(*args, **kwargs)[:-1]}, device='{device}')"
        return self._run(name, device, func, args, kwargs)

    def _device_of(self, name: str, args: tuple, kwargs: dict) -> torch.device:
        """Where the operation takes place. An index may be on the CPU, whatever it looks into."""
        tensors = [t for t in tree_leaves((args, kwargs)) if isinstance(t, Tensor)]
        if name not in ("__getitem__", "__setitem__"):
            return common_device(tensors, name)
        device = where(args[0])
        if any(where(t) not in (CPU, device) for t in tensors):
            raise RuntimeError(
                f"indices should be on the CPU, or on {device} as what they look into"
            )
        return device

    def _run(
        self, name: str, device: torch.device, func: Callable, args: tuple, kwargs: dict
    ) -> Any:
        self.runs(device)
        draws = name in _RANDOM or getattr(func, "__module__", "") == "torch.nn.init"
        with self.random_numbers_of(device) if draws else contextlib.nullcontext():
            return noted(func(*args, **kwargs), device)

    def _attribute(self, name: str, action: str, func: Callable, args: tuple) -> object:
        """An attribute of a tensor that is read or written."""
        device = where(args[0])
        if action == "__set__":
            func(*args)
            if name == "data":
                noted(args[0], where(args[1]))
            return None
        if name == "device":
            return device
        if name in ("is_cuda", "is_cpu", "is_mps"):
            return device.type == name.removeprefix("is_")
        return noted(func(*args), device) if device != CPU else func(*args)

    def _to(
        self,
        func: Callable,
        X: Tensor,
        *rest: Any,
        device: Any = None,
        copy: bool = False,
        non_blocking: bool = False,
        **kwargs: Any,
    ) -> Tensor:
        """`X.to(device)`, `X.to(other)`, `X.to(dtype)`, and what may stand beside them."""
        wanted, types = device, [part for part in rest if isinstance(part, torch.dtype)]
        if rest and isinstance(rest[0], Tensor):
            wanted, types = where(rest[0]), [rest[0].dtype]
        elif rest and not isinstance(rest[0], torch.dtype):
            wanted = rest[0]
        before = where(X)
        target = before if wanted is None else self.place(wanted)
        if types or kwargs:
            X, copy = noted(func(X, *types, **kwargs), before), False
        if target != before:
            return self.copied(X, target)
        return noted(X.clone(), before) if copy else X

    def _cuda(self, func: Callable, X: Tensor, device: Any = None, **kwargs: Any) -> Tensor:
        return self._to(func, X, "cuda" if device is None else device)

    def _cpu(self, func: Callable, X: Tensor, **kwargs: Any) -> Tensor:
        return self._to(func, X, CPU)

    def _copy(self, func: Callable, X: Tensor, other: Tensor, *rest: Any, **kwargs: Any) -> Tensor:
        """`X.copy_(other)`, which may cross."""
        here = where(X)
        return noted(func(X, other if where(other) == here else self.copied(other, here)), here)

    def _made(self, name: str, func: Callable, args: tuple, kwargs: dict) -> Tensor:
        """A new tensor: on the device that is named, else where the one that it is like is."""
        device = kwargs.pop("device", None)
        source = args[-1] if name in _FROM_DATA else args[0] if args else None
        before = where(source) if isinstance(source, Tensor) else CPU
        target = before if device is None else self.place(device)
        if target.type == "meta":
            return func(*args, **kwargs, device=target)
        if name in _FROM_DATA and isinstance(source, Tensor):
            made = noted(func(*args, **kwargs), before)
            return made if before == target else self.copied(made, target)
        return self._run(name, target, func, args, kwargs)


def _number(device: torch.device) -> int:
    """As `X.get_device()` has it: -1 for the CPU."""
    return -1 if device.index is None else device.index


@cache
def _attribute_of(func: Callable) -> str:
    """`device` for the function that reads `X.device`."""
    return (resolve_name(func) or "..").split(".")[-2]


def parameter_with_note(make: Callable) -> Callable:
    """`nn.Parameter.__new__`, which PyTorch shows to no mode: the parameter is where its data is."""

    def new(cls: type, data: Any = None, requires_grad: bool = True) -> nn.Parameter:
        made = make(cls, data, requires_grad)
        return noted(made, where(data)) if isinstance(data, Tensor) else made

    return new
