"""Chapter 10: probes that give a student's functions a file, or look at the files that these have made."""

from __future__ import annotations

import os
import pickle
import tempfile

import torch
from torch import nn

from grader.checks.folders import as_bytes, files_in, path_as
from grader.exercises.ch10.made_files import RAN

MOST_OF_AN_ERROR = 220


def saved_by(namespace, name, value, kind="str", row=None, within=""):
    """The files in a folder after `name(value, path)`. row: only this row of `value` is given, a view; within a
    "list" or a "dict".
    """
    with tempfile.TemporaryDirectory() as folder:
        given = value if row is None else value[row]
        given = [given] if within == "list" else {"row": given} if within == "dict" else given
        namespace[name](given, path_as(os.path.join(folder, "saved.pt"), kind))
        return files_in(folder)


def loaded_by(namespace, name, files, kind="str", device=None):
    """Of each file: what `name(path)` gives, or the type of the exception, and whether code in the file ran."""
    more = () if device is None else (device,)
    return answers_to_files(
        files, lambda path: plain_answer(namespace[name](path_as(path, kind), *more))
    )


def answers_to_files(files, ask):
    """Of each file: what `ask(path)` gives, or the type of the exception, and whether code in the file ran."""
    answers = []
    for data in files:
        os.environ.pop(RAN, None)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "given.pt")
            with open(path, "wb") as file:
                file.write(as_bytes(data))
            try:
                answer = [ask(path), ""]
            except NotImplementedError:
                raise
            except Exception as error:
                answer = [None, in_words(error)]
        answers.append([*answer, os.environ.pop(RAN, None) is not None])
    return answers


def in_words(error):
    """The type of the exception and the beginning of its message."""
    text = type(error).__name__ + ": " + str(error)
    return text if len(text) <= MOST_OF_AN_ERROR else text[:MOST_OF_AN_ERROR] + " …"


def plain_answer(value):
    """As it is, but for tensors without numbers, of which the device is told."""
    if isinstance(value, torch.Tensor):
        return "on meta" if value.is_meta else value
    if isinstance(value, dict):
        return {key: plain_answer(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_answer(item) for item in value]
    plain = value is None or isinstance(value, (bool, int, float, str))
    return value if plain else "a value of type " + type(value).__name__


class Normalisation(nn.Module):
    """Batch normalisation with what it has stored, times 2 in train mode, so that the mode shows in the outputs. Its
    third buffer is a count.
    """

    def __init__(self, features):
        super().__init__()
        self.weight, self.bias = (nn.Parameter(torch.ones(features)) for _ in range(2))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.register_buffer("count", torch.tensor(0))

    def forward(self, X):
        H = (X - self.running_mean) / self.running_var.sqrt() * self.weight + self.bias
        return 2.0 * H if self.training else H


def small_network(parts):
    """Linear, normalisation, tanh, linear; with these tensors in it, by their names."""
    hidden, inputs = parts["first.weight"].shape
    net = nn.Sequential()
    net.add_module("first", nn.Linear(inputs, hidden))
    net.add_module("norm", Normalisation(hidden))
    net.add_module("act", nn.Tanh())
    net.add_module("last", nn.Linear(hidden, parts["last.weight"].shape[0]))
    net.load_state_dict({**net.state_dict(), **parts})
    return net


def saved_network(namespace, parts, training, X):
    """The files after `save_model`, and what the network, which was in this mode, computes then."""
    with tempfile.TemporaryDirectory() as folder:
        net = small_network(parts).train(training)
        try:
            namespace["save_model"](net, os.path.join(folder, "saved.pt"))
        except pickle.PicklingError:  # the class of the network is known here alone
            return {"files": {}, "out": net(X), "itself": True}
        return {"files": files_in(folder), "out": net(X), "itself": False}


def networks_from_files(namespace, files, fresh, X):
    """Of each file: the outputs for X of what `load_model` gives, or what it raises; and whether code ran. The
    outputs are computed when all files have been loaded.
    """
    answers = answers_to_files(
        files, lambda path: namespace["load_model"](lambda: small_network(fresh), path)
    )
    return [[outputs_of(net, X), *rest] for net, *rest in answers]


def outputs_of(net, X):
    """Its outputs, if it is a network."""
    if net is None or isinstance(net, nn.Module):
        return net if net is None else net(X)
    return "a value of type " + type(net).__name__


def answers_about_files(namespace, files, suffixes, kind):
    """Of each file: what `is_safe_to_load` says, or what it raises; and whether code in the file ran."""
    answers = []
    for data, suffix in zip(files, suffixes, strict=True):
        os.environ.pop(RAN, None)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "given" + suffix)
            with open(path, "wb") as file:
                file.write(as_bytes(data))
            try:
                answer = [namespace["is_safe_to_load"](path_as(path, kind)), ""]
            except NotImplementedError:
                raise
            except Exception as error:
                answer = [None, in_words(error)]
        answers.append([*answer, os.environ.pop(RAN, None) is not None])
    return answers
