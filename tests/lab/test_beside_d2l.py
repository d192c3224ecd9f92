"""`lab` is light to import and works together with whichever d2l is installed."""

from __future__ import annotations

import subprocess
import sys

import torch
from torch import nn

import lab


def test_importing_lab_imports_nothing_heavy_beyond_torch():
    code = (
        "import sys, torch; before = set(sys.modules); import lab; "
        "new = {m.split('.')[0] for m in set(sys.modules) - before}; "
        "print(sorted(new & {'d2l', 'torchvision', 'pandas', 'matplotlib', 'IPython', 'tqdm'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_d2l_functions_take_our_batches_and_we_take_its_updater():
    from d2l import torch as d2l

    train, test = lab.synthetic_fashion_mnist(600, 105)
    train_iter = train.batches(64, shuffle=True)
    test_iter = test.batches(50, shuffle=False)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    history = lab.train_classifier(
        net,
        train_iter,
        test_iter,
        nn.CrossEntropyLoss(reduction="none"),
        2,
        lambda batch_size: d2l.sgd(net.parameters(), 0.1, batch_size),
        quiet=True,
    )
    assert history.train_loss[1] < history.train_loss[0]
    assert d2l.evaluate_accuracy_gpu(net, test_iter) == history.test_acc[-1]
    if hasattr(d2l, "train_epoch_ch3"):  # 0.17; 1.0 has a Trainer in its place
        updater = torch.optim.SGD(net.parameters(), lr=0.1)
        loss = nn.CrossEntropyLoss(reduction="none")
        train_loss, _ = d2l.train_epoch_ch3(net, train_iter, loss, updater)
        assert train_loss < history.train_loss[0]
