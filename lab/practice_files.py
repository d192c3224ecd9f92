"""`torch.save` and `torch.load` beside practice GPUs: a file knows on which device each tensor was."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from lab.placement import CPU, Placement, where

_PLACES = "devices of a practice machine"


def saves(gpus: Placement, save: Callable[..., None]) -> Callable[..., None]:
    """`torch.save`, which notes where each tensor was."""

    def saved(obj: object, f: object, *args: object, **kwargs: object) -> None:
        places: list[str] = []

        def home(X: Tensor) -> Tensor:
            places.append(str(where(X)))
            return X if where(X).type in ("cpu", "meta") else gpus.copied(X.detach(), CPU)

        at_home = mapped(obj, home)
        at_all = any(place not in ("cpu", "meta") for place in places)
        save({_PLACES: places, "object": at_home} if at_all else obj, f, *args, **kwargs)

    return saved


def loads(gpus: Placement, load: Callable[..., object]) -> Callable[..., object]:
    """`torch.load`, which brings each tensor to where it was, or to `map_location`.

    Raises RuntimeError, as PyTorch does, for a tensor of a GPU that is not here.
    """

    def loaded(f: object, map_location: object = None, **kwargs: object) -> object:
        obj = load(f, map_location="cpu", **kwargs)
        places = iter(())
        if isinstance(obj, dict) and _PLACES in obj:
            places, obj = iter(obj[_PLACES]), obj["object"]

        def put(X: Tensor) -> Tensor:
            wanted = next(places, "cpu")
            if isinstance(map_location, dict):
                wanted = map_location.get(wanted, wanted)
            elif callable(map_location):
                wanted = "cpu"
            elif map_location is not None:
                wanted = map_location  # type: ignore[assignment]
            target = gpus.place(wanted)
            return X if target == CPU else gpus.copied(X, target)

        return mapped(obj, put)

    return loaded


def mapped(obj: object, change: Callable[[Tensor], Tensor]) -> object:
    """The same containers with other tensors; what else is in them stays."""
    if isinstance(obj, torch.nn.Module):
        return obj
    if isinstance(obj, Tensor):
        return change(obj)
    if isinstance(obj, dict):
        made = copy.copy(obj)
        for key, value in obj.items():
            made[key] = mapped(value, change)
        return made
    if isinstance(obj, (list, tuple)):
        return type(obj)([mapped(item, change) for item in obj])
    return obj
