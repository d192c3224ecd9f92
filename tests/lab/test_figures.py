"""Figures and live curves: what they show, and what they tell those who cannot see them."""

from __future__ import annotations

import re
from types import SimpleNamespace

import nbformat
import pytest
import torch
from matplotlib import pyplot as plt
from nbclient import NotebookClient

import lab
from lab.curves import svg_curves
from lab.progress import Progress

HISTORY = lab.History(
    [0.9, 0.5, 0.4], [0.7, 0.8, 0.85], [0.72, 0.8, 0.83], seconds=3.0, device="cpu"
)


def test_show_mask_says_what_was_kept_and_how_it_was_scaled():
    X = torch.ones(28, 28)
    X[:14] = 0  # where nobody can see the mask
    out = X.clone()
    out[14:21] = 0
    out[21:] = 2
    for shape in ((28, 28), (1, 28, 28), (784,)):
        figure = lab.show_mask(X.reshape(shape), out.reshape(shape))
        assert "Of 392 non-zero pixels 196 were kept and 196 dropped" in figure.alt_text
        assert "a kept pixel is 2.00 times its input" in figure.alt_text
    assert len(figure.axes) == 3
    assert figure.axes[0].get_title() == "input"


def test_show_mask_works_at_both_ends_and_refuses_what_is_no_image():
    assert "784 dropped" in lab.show_mask(torch.ones(28, 28), torch.zeros(28, 28)).alt_text
    assert "0 non-zero" in lab.show_mask(torch.zeros(28, 28), torch.zeros(28, 28)).alt_text
    with pytest.raises(ValueError, match="make them equal"):
        lab.show_mask(torch.ones(28, 28), torch.ones(784))
    with pytest.raises(ValueError, match="no single image"):
        lab.show_mask(torch.ones(2, 1, 28, 28), torch.ones(2, 1, 28, 28))


def test_plot_history_tells_the_curves_apart_without_colour():
    figure = lab.plot_history(HISTORY)
    assert "train loss from 0.900 to 0.400" in figure.alt_text
    assert "test acc from 0.720 to 0.830" in figure.alt_text
    lines = figure.axes[0].get_lines()
    assert len({line.get_linestyle() for line in lines}) == 3
    assert len({line.get_marker() for line in lines}) == 3
    assert lab.plot_history(lab.History()).alt_text.endswith("nothing measured")


def test_curves_may_hold_tensors_that_ask_for_gradients():
    """What a loop without `.item()` measures: the picture is not the place to find out."""
    history = lab.History(train_loss=[torch.tensor(0.5, requires_grad=True) * 1], train_acc=[1])
    assert "train loss from 0.500 to 0.500" in lab.plot_history(history).alt_text


def test_progress_of_a_loop_of_ones_own(monkeypatch, capsys):
    history = lab.History()
    for epoch in (1, 2):
        history.train_loss.append(torch.tensor(1.0 / epoch, requires_grad=True) * 1)
        lab.show_progress(history, 2)
    assert capsys.readouterr().out.splitlines() == [
        "epoch 1/2: train loss 1.000",
        "epoch 2/2: train loss 0.500",
    ]
    shown = []
    panel = SimpleNamespace(update=lambda p: shown.append(p._repr_html_()))
    monkeypatch.setattr("lab.progress._open_panel", lambda progress: panel)
    lab.show_progress(lab.History(train_loss=[0.25]), 4)
    assert 'value="0.250"' in shown[0] and "train loss 0.250" in shown[0]


def test_show_images_names_them():
    figure = lab.show_images(torch.rand(5, 1, 28, 28), 1, 3, titles=["bag", "coat\nshirt", "dress"])
    assert figure.alt_text == "3 images: bag, coat / shirt, dress"
    assert len(figure.axes) == 3
    with pytest.raises(ValueError, match="expected"):
        lab.show_images(torch.rand(784), 1, 1)


def test_figures_are_html_images_with_escaped_alt_text():
    figure = lab.show_images(torch.rand(1, 28, 28), 1, 1, titles=['"<b>"'])
    html = figure.to_html()
    assert 'alt="1 images: &quot;&lt;b&gt;&quot;"' in html
    assert "data:image/png;base64," in html


def test_svg_curves_hold_the_numbers_and_survive_nonsense():
    svg = svg_curves({"train loss": [2.0, float("nan"), float("inf")], "test acc": [0.5]}, 3)
    assert 'role="img"' in svg and "test acc 0.500" in svg
    points = re.findall(r'points="([^"]*)"', svg)
    assert len(points) == 2 and "nan" not in "".join(points) and "inf" not in "".join(points)
    assert "nothing yet" in svg_curves({"train loss": []}, 10)


def test_progress_knows_how_far_it_is(monkeypatch):
    shown = []
    panel = SimpleNamespace(update=lambda p: shown.append(p._repr_html_()))
    monkeypatch.setattr("lab.progress._open_panel", lambda progress: panel)
    monkeypatch.setattr("lab.progress.SECONDS_BETWEEN_UPDATES", 0.0)
    history = lab.History()
    progress = Progress(history, 2, [1, 2, 3, 4], quiet=False)
    for _ in range(4):
        progress.batch_done()
    assert [re.search(r'value="(.*?)"', html)[1] for html in shown] == [
        "0.125", "0.250", "0.375", "0.500",
    ]  # fmt: skip
    history.train_loss, history.train_acc, history.test_acc = [0.5], [0.8], [0.7]
    progress.epoch_done()
    assert "epoch 1/2: train loss 0.500, train acc 0.800, test acc 0.700" in shown[-1]


def test_in_a_notebook_each_figure_is_there_once_with_alt_text_and_stderr_is_empty():
    """A real kernel: the live panel, then a figure as the last value of a cell, then it again."""
    cells = [
        "import torch, lab\n"
        "train, test = lab.synthetic_fashion_mnist(600, 100)\n"
        "net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))\n"
        "h = lab.train_classifier(net, train.batches(64, shuffle=True),\n"
        "    test.batches(64, shuffle=False), torch.nn.CrossEntropyLoss(), 2,\n"
        "    torch.optim.SGD(net.parameters(), lr=0.1))",
        "%matplotlib inline\nfig = lab.plot_history(h)\nfig",
        "fig",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [cell.outputs for cell in notebook.cells]
    assert not [o for cell in outputs for o in cell if o.get("name") == "stderr"]
    panel, final = outputs[0]
    assert "<progress" in panel.data["text/html"] and "aria-label=" in panel.data["text/html"]
    assert "epoch 2/2" in panel.data["text/plain"]
    assert final.text.startswith("trained on cpu in ")
    for shown in outputs[1:]:
        assert len(shown) == 1
        assert '<img alt="Training curves over 2 epochs' in shown[0].data["text/html"]
        assert shown[0].data["text/plain"].startswith("Training curves")


def test_a_pyplot_figure_is_shown_once_with_its_text(monkeypatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    monkeypatch.setattr("lab.alt_figure.shell", lambda: object())
    plt.close("all")
    plt.subplots(1, 2)
    lab.show_figure('Two "empty" panels')
    (bundle,) = shown
    assert bundle["text/html"].startswith(
        '<img alt="Two &quot;empty&quot; panels" src="data:image/png'
    )
    assert bundle["text/plain"] == 'Two "empty" panels'
    assert plt.get_fignums() == []
    with pytest.raises(ValueError, match="draw one first"):
        lab.show_figure("nothing")


def test_runs_side_by_side_have_a_line_each_in_both_panels() -> None:
    worse = lab.History([0.9], [0.6], [0.5])
    figure = lab.plot_histories({"without": HISTORY, "with": worse})
    assert "without: train acc 0.850, test acc 0.830; with: train acc 0.600" in figure.alt_text
    assert [[list(line.get_ydata()) for line in axes.lines] for axes in figure.axes] == [
        [HISTORY.train_acc, worse.train_acc],
        [HISTORY.test_acc, worse.test_acc],
    ]
    with pytest.raises(ValueError, match="no history to draw"):
        lab.plot_histories({})
