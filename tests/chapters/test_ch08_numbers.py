"""Chapter 8: the numbers in its prose, held against a run of all its cells."""

from __future__ import annotations

import itertools
import re

import pytest
import torch
from torch import nn

CHAPTER = "08_parameters"


def test_small_numbers_of_the_prose(text: str, solved) -> None:
    n = solved(CHAPTER)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    assert n["parameter_shapes"](net) == {
        "0.weight": (8, 4),
        "0.bias": (8,),
        "2.weight": (1, 8),
        "2.bias": (1,),
    }
    assert n["count_parameters"](net) == 49 and "49 = 8 · 4 + 8 + 8 + 1" in text
    assert n["get_by_name"](net, "2.bias") is net[2].bias
    deep = n["rgnet"]()
    assert n["count_parameters"](deep) == 309 and "309 parameters" in text
    assert n["get_by_name"](deep, "0.block 1.0.bias") is deep[0][1][0].bias
    assert n["times_run"](n["printed_before"], n["printed_after"]) == 2


def test_what_the_prose_says_of_lazy_layers(text: str) -> None:
    lazy = nn.Sequential(nn.LazyLinear(8))
    lazy.apply(lambda m: nn.init.ones_(m.weight) if type(m) is nn.Linear else None)
    with pytest.raises(ValueError, match="uninitialized"):
        lazy.apply(lambda m: nn.init.ones_(m.weight) if isinstance(m, nn.Linear) else None)
    lazy(torch.rand(2, 4))
    assert type(lazy[0]) is nn.Linear and not bool((lazy[0].weight == 1).any())


def test_rows_that_are_alike(text: str, ran) -> None:
    namespace = ran[0]
    first, second = namespace["deep"](namespace["X"]).flatten().tolist()
    assert "the outputs differ by 0.0002" in text
    assert abs(first - second) == pytest.approx(0.0002, abs=5e-5)
    medians = namespace["medians"]
    assert "0.16 has become 0.00001" in text
    assert medians[0] == pytest.approx(0.16, abs=0.01)
    assert medians[4] == pytest.approx(0.00001, abs=0.000005)
    assert all(0.04 < b / a < 0.2 for a, b in itertools.pairwise(medians))


def test_constants_stay_alike(ran) -> None:
    lines = {line.split()[0]: line for line in ran[1].splitlines() if "hidden units of 8" in line}
    found = {
        name: re.search(r"loss ([\d.]+), (\d+) different", line) for name, line in lines.items()
    }
    constant, xavier = (found[name] for name in ("init_constant", "init_xavier"))
    assert constant and xavier
    assert constant[2] == "1" and xavier[2] == "8"
    assert 1.7 < float(constant[1]) / float(xavier[1]) < 2.5


def test_the_sum_of_both_gradients(ran) -> None:
    assert "the sum of both: True" in ran[1]
    assert "ValueError: Attempted to use an uninitialized parameter" in ran[1]


def test_the_histograms_say_what_is_there(ran) -> None:
    starts = ran[0]["starts"]
    assert float(starts["init_normal"].std()) == pytest.approx(0.01, rel=0.05)
    assert float(starts["init_xavier"].abs().max()) == pytest.approx(0.22, abs=0.005)
    kept = starts["my_init"][starts["my_init"] != 0].abs()
    assert float(kept.min()) >= 5 and float(kept.max()) <= 10
    assert float((starts["my_init"] == 0).float().mean()) == pytest.approx(0.5, abs=0.03)
