"""Chapter 8: the exercises `parameter_shapes`, `count_parameters` and `get_by_name`.

The judge has a network of its own, with everything that parameters can be: nested, shared, frozen, no
parameters but buffers.
"""

from __future__ import annotations

import torch
from torch import nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.student import Student

UNKNOWN = ("head.weigth", "shared", "shared.bias", "blocks.3.weight", "scale.0", "", "blocks")


class ParameterShapes(Exercise):
    name, points = "parameter_shapes", 3
    hints = (
        "Which method of a module gives its parameters together with their names?",
        "`net.named_parameters()` gives pairs of a name and a parameter. A dict comprehension makes a "
        "dictionary of them.",
        "Return `{name: tuple(p.shape) for name, p in ...}`, with the right method in place of the dots.",
    )

    @check("every parameter's name and shape, and nothing else", weight=2, essential=True)
    def shapes(self, student: Student) -> None:
        """Print it for a network with two layers: are there four entries?"""
        for sizes in (drawn_sizes(), drawn_sizes()):
            net = Zoo(sizes)
            right = {name: list(p.shape) for name, p in net.named_parameters()}
            others = set(further_names(net))  # of shared ones, which are the next check's matter
            state = {name: list(p.shape) for name, p in net.state_dict().items()}
            trained = {name: list(p.shape) for name, p in net.named_parameters() if p.requires_grad}
            seen = expect.record(student.run(shapes_of_zoo, sizes=sizes))
            because = ""
            if seen == state:
                because = "this is `state_dict()`: it has buffers, and a shared parameter twice"
            elif seen == trained:
                because = "a frozen parameter is a parameter"
            verify_shapes({k: v for k, v in seen.items() if k not in others}, right, because)

    @check("a shared parameter is there once", weight=0.5)
    def once(self, student: Student) -> None:
        """`named_parameters()` gives it under the first of its names."""
        sizes = drawn_sizes()
        seen = expect.record(student.run(shapes_of_zoo, sizes=sizes))
        for name, first in further_names(Zoo(sizes)).items():
            expect.true(
                name not in seen,
                seen=f"`{name}` and `{first}`" if first in seen else f"`{name}`",
                expected=f"`{first}` alone",
                because="both names lead to one parameter",
            )

    @check("the shapes are tuples, in the order of `parameters()`", weight=0.5)
    def kinds(self, student: Student) -> None:
        """`tuple(p.shape)` is a plain tuple, which prints as `(8, 4)`."""
        sizes = drawn_sizes()
        kinds, names = expect.items(student.run(kinds_of_shapes, sizes=sizes), 2)
        for kind in expect.items(kinds):
            expect.equal(kind, "tuple")
        right = [name for name, _ in Zoo(sizes).named_parameters()]
        known = [name for name in expect.items(names) if name in right]
        for seen, wanted in zip(known, (name for name in right if name in known), strict=True):
            expect.true(
                seen == wanted,
                seen=f"`{seen}` where `{wanted}` should stand",
                expected="the order of `parameters()`",
            )


def verify_shapes(seen: dict, right: dict, because: str = "") -> None:
    """Names to shapes, as lists, are right."""
    for name in [*right, *seen]:
        missing, more = name not in seen, name not in right
        known = right.get(name)
        expect.true(
            not missing and not more and seen[name] == known,
            seen=f"no `{name}`" if missing else f"`{name}`: {expect.show(seen[name])}",
            expected=f"no `{name}`" if more else f"`{name}`: {tuple(known or ())}",
            because=because,
        )


class CountParameters(Exercise):
    name, points = "count_parameters", 4
    hints = (
        "One number for each weight and each bias: what does `p.numel()` give?",
        "`net.parameters()` gives a shared parameter once. `p.requires_grad` tells whether it is trained.",
        "Return the sum of `p.numel()` over `net.parameters()`, of those with `p.requires_grad` when "
        "`trainable_only` is asked for, else of all.",
    )

    @check("all parameters, each counted once", weight=2, essential=True)
    def all_parameters(self, student: Student) -> None:
        """Count a network with two layers by hand, and compare."""
        for sizes in (drawn_sizes(), drawn_sizes()):
            net = Zoo(sizes)
            every = list(net.parameters())
            twice = [p for _, p in net.named_parameters(remove_duplicate=False)]
            expect.close(
                student.run(counted, sizes=sizes, keywords={}),
                sum(p.numel() for p in every),
                tolerance=expect.EXACT,
                mistakes={
                    "this is the number of tensors, not of the numbers in them": len(every),
                    "what is shared is counted twice": sum(p.numel() for p in twice),
                    "a matrix that two layers share is counted twice": sum(
                        p.numel() for m in net.modules() for p in m.parameters(recurse=False)
                    ),
                    "buffers are counted, too": sum(v.numel() for v in [*every, *net.buffers()]),
                    "`state_dict()` has buffers, and a shared parameter twice": sum(
                        v.numel() for v in net.state_dict().values()
                    ),
                    "only the weights are counted, not the biases": sum(
                        p.numel() for p in every if p.dim() > 1
                    ),
                    "frozen parameters are left out": sum(
                        p.numel() for p in every if p.requires_grad
                    ),
                },
            )

    @check("with `trainable_only=True`, those that ask for gradients")
    def trainable(self, student: Student) -> None:
        """`p.requires_grad` is False for a frozen parameter."""
        sizes = drawn_sizes()
        every = list(Zoo(sizes).parameters())
        expect.close(
            student.run(counted, sizes=sizes, keywords={"trainable_only": True}),
            sum(p.numel() for p in every if p.requires_grad),
            tolerance=expect.EXACT,
            mistakes={
                "all are counted, the frozen ones too": sum(p.numel() for p in every),
                "the frozen ones are counted, not the others": sum(
                    p.numel() for p in every if not p.requires_grad
                ),
            },
        )

    @check("an int comes back", weight=0.5)
    def whole(self, student: Student) -> None:
        """Print `type(...)` of it. `numel()` gives ints, and `sum` of ints is one."""
        kind = student.run(kind_of_count, sizes=drawn_sizes())
        expect.true(kind == "int", seen=f"a value of type {kind}", expected="an int")

    @check("a network without parameters has 0", weight=0.5)
    def none(self, student: Student) -> None:
        """The sum over nothing is 0."""
        seen = student.run(counted_without_parameters)
        expect.close(seen, 0, tolerance=expect.EXACT)


class GetByName(Exercise):
    name, points = "get_by_name", 4
    hints = (
        "The name is a path: each part but the last leads to a block inside the block before. How do you get an "
        "attribute whose name is in a variable?",
        "`getattr(block, part)` works for attributes, and for the blocks of a Sequential too: they are "
        "registered as '0', '1', and so on. Or look the whole name up among `named_parameters()` and "
        "`named_buffers()`.",
        "`for known, tensor in [*net.named_parameters(remove_duplicate=False), *net.named_buffers()]`: return "
        "the tensor whose name it is. After the loop: `raise KeyError(name)`.",
    )

    @check("the tensor of this name, however deep it lies", weight=2, essential=True)
    def values(self, student: Student) -> None:
        """`name.split(".")` gives the parts of the path."""
        sizes = drawn_sizes()
        net = Zoo(sizes)
        names = shuffled([name for name, _ in net.named_parameters()])
        fills = [signed(*net.get_parameter(name).shape) for name in names]
        found = student.run(looked_up, sizes=sizes, names=names, fills=fills)
        for name, seen, right in zip(names, expect.items(found, len(names)), fills, strict=True):
            expect.close(seen, right, tolerance=expect.EXACT, because=f"asked for `{name}`")

    @check(
        "it is the parameter itself: what is done to it is done to the network",
        weight=1.5,
        essential=True,
    )
    def itself(self, student: Student) -> None:
        """A copy is another tensor, and `.data` and `state_dict()` have no gradient."""
        sizes, scale = drawn_sizes(), signed(1)
        names = shuffled(["head.weight", "blocks.1.0.bias", "scale"])
        answers = student.run(changed_and_trained, sizes=sizes, names=names, scale=scale)
        for name, answer in zip(names, expect.items(answers, len(names)), strict=True):
            changed, grad = expect.items(answer, 2)
            expect.true(
                expect.agrees(changed, torch.full_like(expect.tensor(changed), 3.0), expect.EXACT),
                seen=f"`{name}` of the network does not change when what came back is set to 3",
                expected="the network's own tensor",
                because="this is a copy" if self.passed("values") else "",
            )
            expect.true(
                grad is not None,
                seen=f"what came back for `{name}` has no gradient after `backward()`",
                expected="the parameter, which has one",
                because="`.data` and `state_dict()` give the numbers without the parameter",
            )

    @check("shared parameters by each of their names, and buffers", weight=0.5)
    def other_names(self, student: Student) -> None:
        """A shared layer has two names, and `named_parameters()` gives only the first."""
        sizes = drawn_sizes()
        names = shuffled(["shared_again.weight", "tied.weight", "norm.running_mean", "unsaved"])
        net = Zoo(sizes)
        shapes = {**net.state_dict(), **dict(net.named_buffers())}
        fills = [signed(*shapes[name].shape) for name in names]
        found = student.run(looked_up, sizes=sizes, names=names, fills=fills)
        for name, seen, right in zip(names, expect.items(found, len(names)), fills, strict=True):
            expect.close(seen, right, tolerance=expect.EXACT, because=f"asked for `{name}`")

    @check("an unknown name raises KeyError", weight=0.5)
    def unknown(self, student: Student) -> None:
        """Also the name of a block, which is no tensor."""
        names = shuffled([*UNKNOWN, "head.weight", "blocks.0.0.weight"])
        said = student.run(refusals_of_names, sizes=drawn_sizes(), names=names)
        for name, answer in zip(names, expect.items(said, len(names)), strict=True):
            wanted = "KeyError" if name in UNKNOWN else "a tensor"
            expect.true(
                answer == wanted,
                seen=f"{expect.show(answer).strip(chr(39))} for the name {name!r}",
                expected=wanted,
                because="a layer without a bias notes None under this name, and that is no parameter"
                if name == "shared.bias"
                else "",
            )


def further_names(net: nn.Module) -> dict[str, str]:
    """The further names of shared parameters, each to the first."""
    every = list(net.named_parameters(remove_duplicate=False))
    first = {id(p): name for name, p in reversed(every)}
    return {name: first[id(p)] for name, p in every if first[id(p)] != name}


def drawn_sizes() -> list[int]:
    """Three sizes, all different."""
    return [integer(2, 5), integer(6, 9), integer(10, 13)]


# What follows runs beside a student's code.


class Zoo(nn.Module):
    """Parameters of every kind. sizes: of inputs, hidden units and outputs."""

    def __init__(self, sizes):
        super().__init__()
        inputs, hidden, outputs = sizes
        self.first = nn.Linear(inputs, hidden)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh()) for _ in range(2)
        )
        self.shared = nn.Linear(hidden, hidden, bias=False)
        self.shared_again = self.shared
        self.norm = nn.BatchNorm1d(hidden)
        self.scale = nn.Parameter(torch.ones(hidden))
        self.head = nn.Linear(hidden, outputs)
        self.tied = nn.Linear(hidden, hidden)
        self.tied.weight = self.blocks[0][0].weight
        self.register_buffer("unsaved", torch.zeros(hidden), persistent=False)
        self.first.weight.requires_grad_(False)

    def forward(self, X):
        H = self.first(X) + self.unsaved
        for block in [*self.blocks, self.tied]:
            H = block(H)
        return self.head(self.norm(self.shared_again(self.shared(H))) * self.scale)


def shapes_of_zoo(namespace, sizes):
    seen = namespace["parameter_shapes"](Zoo(sizes))
    if not isinstance(seen, dict):
        return seen
    return {
        name: list(s) if isinstance(s, (tuple, list)) else type(s).__name__
        for name, s in seen.items()
    }


def kinds_of_shapes(namespace, sizes):
    seen = namespace["parameter_shapes"](Zoo(sizes))
    return [sorted({type(shape).__name__ for shape in seen.values()}), list(seen)]


def counted(namespace, sizes, keywords):
    return namespace["count_parameters"](Zoo(sizes), **keywords)


def kind_of_count(namespace, sizes):
    return type(namespace["count_parameters"](Zoo(sizes))).__name__


def counted_without_parameters(namespace):
    return namespace["count_parameters"](nn.Sequential(nn.ReLU()))


def looked_up(namespace, sizes, names, fills):
    """What comes back for these names, in a network in which these tensors have these values."""
    net = Zoo(sizes)
    tensors = dict([*net.named_parameters(remove_duplicate=False), *net.named_buffers()])
    with torch.no_grad():
        for name, fill in zip(names, fills, strict=True):
            tensors[name].copy_(fill)
    return [namespace["get_by_name"](net, name) for name in names]


def changed_and_trained(namespace, sizes, names, scale):
    """Of each: the network's own tensor after what came back was set to 3, and the gradient of that."""
    answers = []
    for name in names:
        net = Zoo(sizes)
        tensor = namespace["get_by_name"](net, name)
        if not isinstance(tensor, torch.Tensor):
            answers.append([tensor, None])
            continue
        with torch.no_grad():
            tensor.fill_(3.0)
        changed = net.get_parameter(name).detach().clone()
        (net(torch.rand(4, sizes[0])) * scale).sum().backward()
        answers.append([changed, tensor.grad if tensor.is_leaf else None])
    return answers


def refusals_of_names(namespace, sizes, names):
    net, answers = Zoo(sizes), []
    for name in names:
        try:
            result = namespace["get_by_name"](net, name)
        except NotImplementedError:
            raise
        except Exception as error:
            answers.append(type(error).__name__)
        else:
            kind = "None" if result is None else "a value of type " + type(result).__name__
            answers.append("a tensor" if isinstance(result, torch.Tensor) else kind)
    return answers
