"""Practice GPUs keep the rules of real ones; with a real one, the same questions go to both."""

from __future__ import annotations

import copy
import io
import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lab.practice_gpu import Clock, PracticeGPUs

TWO_DEVICES = "Expected all tensors to be on the same device"
REAL = torch.cuda.is_available()


@pytest.fixture(params=["practice", pytest.param("real", marks=pytest.mark.gpu)])
def gpu(request: pytest.FixtureRequest):
    """A device that keeps the rules: a practice GPU, and a real one where there is one."""
    if request.param == "real":
        if not REAL:
            pytest.skip("needs an NVIDIA GPU")
        yield torch.device("cuda", 0)
    else:
        with PracticeGPUs(1) as gpus:
            yield gpus.devices[0]


def test_operations_need_one_device(gpu) -> None:
    X, Y = torch.ones(2, 3), torch.ones(2, 3).to(gpu)
    assert (X.device.type, Y.device, (Y @ Y.T).device) == ("cpu", gpu, gpu)
    for mixed in (
        lambda: X + Y,
        lambda: Y.add_(X),
        lambda: X.add_(Y.sum()),
        lambda: torch.cat([X, Y]),
        lambda: F.linear(Y, X),
        lambda: F.cross_entropy(Y, torch.tensor([0, 1])),
        lambda: torch.equal(X, Y),
    ):
        with pytest.raises(RuntimeError, match=TWO_DEVICES):
            mixed()
    assert (Y + torch.tensor(1.0)).device == gpu, "a number of no dimension may be on the CPU"
    assert Y[torch.tensor([1, 0])].device == gpu, "an index may be on the CPU"
    with pytest.raises((RuntimeError, IndexError)):
        X[torch.tensor([1, 0], device=gpu)]


def test_what_to_returns(gpu) -> None:
    X = torch.ones(2)
    Y = X.to(gpu)
    assert Y is not X and X.device.type == "cpu"
    assert Y.to(gpu) is Y and Y.to(gpu, copy=True) is not Y
    assert Y.to(torch.float64).device == gpu and Y.to(gpu, torch.float64).dtype == torch.float64
    assert X.to(Y).device == gpu and Y.cpu().device.type == "cpu" and X.cuda().device == gpu
    assert X.copy_(Y).device.type == "cpu"
    with pytest.raises(TypeError, match=r"Use Tensor\.cpu"):
        Y.numpy()
    assert Y.sum().item() == 2.0 and Y.tolist() == [1.0, 1.0] and f"{Y.sum():.1f}" == "2.0"
    assert f"device='{gpu}'" in repr(Y)


def test_what_is_made_where(gpu) -> None:
    made = [
        torch.zeros(2, device=gpu),
        torch.rand(2, device=str(gpu)),
        torch.tensor([1.0], device=gpu),
        torch.zeros_like(torch.ones(2, device=gpu)),
        torch.ones(2, device=gpu).new_zeros(3),
        nn.Parameter(torch.ones(2, device=gpu)),
        torch.as_tensor(torch.ones(2), device=gpu),
        nn.Linear(2, 3, device=gpu).weight,
    ]
    assert {t.device for t in made} == {gpu}
    assert torch.rand(2).device.type == "cpu"
    assert torch.empty(2, device="meta").is_meta


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_networks_move_in_place_and_train(gpu, optimizer) -> None:
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))
    parameters = list(net.parameters())
    assert net.to(gpu) is net
    assert all(
        p is q and p.device == gpu for p, q in zip(parameters, net.parameters(), strict=True)
    )
    assert {b.device for b in net.buffers()} == {gpu}
    before = [p.detach().cpu().clone() for p in parameters]
    updater = optimizer(net.parameters(), lr=0.1)
    loss = F.cross_entropy(net(torch.rand(8, 3).to(gpu)), torch.arange(8).to(gpu) % 2)
    loss.backward()
    assert parameters[0].grad.device == gpu
    updater.step()
    assert any(
        not torch.equal(p.detach().cpu(), b) for p, b in zip(parameters, before, strict=True)
    )
    assert copy.deepcopy(net)[0].weight.device == gpu
    with pytest.raises(RuntimeError, match=TWO_DEVICES):
        net(torch.rand(8, 3))


def test_files_remember_where_tensors_were(gpu) -> None:
    file = io.BytesIO()
    torch.save({"net": nn.Linear(2, 2).to(gpu).state_dict(), "epoch": 3}, file)
    file.seek(0)
    back = torch.load(file)
    assert back["epoch"] == 3 and {t.device for t in back["net"].values()} == {gpu}
    file.seek(0)
    home = torch.load(file, map_location="cpu")
    assert {t.device.type for t in home["net"].values()} == {"cpu"}
    assert torch.equal(home["net"]["weight"], back["net"]["weight"].cpu())


def test_gpus_draw_numbers_of_their_own(gpu) -> None:
    torch.manual_seed(3)
    here, there = torch.get_rng_state(), torch.cuda.get_rng_state(gpu)
    drawn = torch.rand(3, device=gpu)
    assert torch.equal(torch.get_rng_state(), here), "the CPU's numbers have not moved"
    torch.cuda.set_rng_state(there, gpu)
    assert torch.equal(torch.rand(3, device=gpu), drawn)
    torch.manual_seed(3)
    assert torch.equal(torch.rand(3, device=gpu), drawn)
    torch.cuda.set_rng_state_all(torch.cuda.get_rng_state_all())


# What only practice GPUs have


def test_a_file_of_a_gpu_on_a_machine_without_one() -> None:
    file = io.BytesIO()
    with PracticeGPUs(2):
        torch.save([torch.ones(2, device="cuda:1")], file)
    file.seek(0)
    with (
        PracticeGPUs(0),
        pytest.raises(RuntimeError, match="cuda:1 was asked for; GPUs here: none"),
    ):
        torch.load(file)
    file.seek(0)
    with PracticeGPUs(1):
        assert torch.load(file, map_location={"cuda:1": "cuda:0"})[0].device.index == 0


def test_machines_have_the_gpus_that_they_are_said_to_have() -> None:
    real = torch.cuda.is_available(), torch.cuda.device_count()
    with PracticeGPUs(2):
        assert torch.cuda.is_available() and torch.cuda.device_count() == 2
        assert torch.ones(1).to("cuda").device == torch.device("cuda", 0)
        with pytest.raises(RuntimeError, match="cuda:2 was asked for; GPUs here: cuda:0, cuda:1"):
            torch.ones(1).to("cuda:2")
    with PracticeGPUs(1, kind="mps"):
        assert torch.backends.mps.is_available() and not torch.cuda.is_available()
        assert torch.ones(1).to("mps").device.type == "mps"
        assert torch.accelerator.current_accelerator().type == "mps"
    with PracticeGPUs(0):
        assert not torch.accelerator.is_available()
        with pytest.raises(RuntimeError, match="GPUs here: none"):
            torch.cuda.synchronize()
    assert (torch.cuda.is_available(), torch.cuda.device_count()) == real


def test_one_gpu_is_the_current_one() -> None:
    kept, clock = torch.cuda.synchronize, Played()
    with PracticeGPUs(3, clock=clock) as gpus:
        for i in range(3):
            gpus.keep_busy(i, 2.0**i)
        with torch.cuda.device(1):
            assert torch.cuda.current_device() == 1
            assert torch.ones(1, device="cuda").device == torch.device("cuda", 1)
            kept()
        assert clock.time == 5.0 + 2 and torch.cuda.current_device() == 0
        torch.cuda.set_device(2)
        torch.cuda.current_stream().synchronize()
        assert clock.time == 5.0 + 4
        gpus.keep_busy(1, 3.0)
        torch.cuda.default_stream("cuda:1").synchronize()
        gpus.keep_busy(2, 1.0)
        torch.accelerator.synchronize()
        assert clock.time == 5.0 + 4 + 3 + 1
        with pytest.raises(RuntimeError, match="cuda:3 was asked for"):
            torch.cuda.set_device(3)


def test_everything_is_as_before_when_an_exception_leaves() -> None:
    before = torch.save, torch.load, torch.cuda.Event, nn.Parameter.__new__, time.perf_counter
    inside = dict(vars(torch._C))
    names = {"perf_counter": time.perf_counter, "other": 3}
    with pytest.raises(KeyError), PracticeGPUs(1, clock=Played(), names=names):
        assert names["perf_counter"]() == 5.0
        raise KeyError
    assert names == {"perf_counter": time.perf_counter, "other": 3}
    assert before == (
        torch.save, torch.load, torch.cuda.Event, nn.Parameter.__new__, time.perf_counter,
    )  # fmt: skip
    assert vars(torch._C) == inside
    assert nn.Parameter(torch.ones(1)).device.type == "cpu"


class Played(Clock):
    """A clock that moves when it is slept on."""

    def __init__(self) -> None:
        self.time = 5.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def test_python_goes_on_until_it_wants_a_result() -> None:
    with PracticeGPUs(2, seconds=2.0, clock=Played()) as gpus:
        X = torch.eye(2, device="cuda:1")
        (X @ X) @ X
        assert time.perf_counter() == 5.0
        torch.cuda.synchronize(0)
        assert time.perf_counter() == 5.0, "another GPU was waited for"
        torch.cuda.synchronize(1)
        assert time.perf_counter() == 11.0
        first, second = torch.cuda.Event(), torch.cuda.Event()
        first.record()
        torch.eye(2, device="cuda:0") + 1
        second.record()
        second.synchronize()
        assert first.elapsed_time(second) == 4000.0 and gpus.clock.now() == 15.0


def test_traffic_is_counted() -> None:
    with PracticeGPUs(1) as gpus:
        X = torch.ones(10).to("cuda:0")
        X.to("cuda:0")
        for _ in range(3):
            X.sum().item()
        X.cpu()
        traffic = gpus.traffic
    assert (traffic.to_gpu, traffic.to_cpu, traffic.waits) == (1, 4, 4)
    assert traffic.bytes == 40 + 3 * 4 + 40


def test_units_show_where_something_was_computed() -> None:
    with PracticeGPUs(2, units=[2.0, 3.0]):
        X = torch.ones(2)
        first, second = X.to("cuda:0"), X.to("cuda:1")
        assert first.cpu().tolist() == [2.0, 2.0] and second.tolist() == [3.0, 3.0]
        assert first.to("cuda:1").tolist() == [2.0, 2.0], (
            "only what comes from the CPU is multiplied"
        )
        assert torch.arange(2).to("cuda:0").tolist() == [0, 1], "a float is for floats"
        assert torch.ones(1, device="cuda:1").item() == 1.0
    with PracticeGPUs(1, units=[3]):
        assert torch.arange(2).to("cuda").tolist() == [0, 3], "an int is for whole numbers as well"
