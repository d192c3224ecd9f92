"""Programs that know the question and did not do the work: none earns more than the answer that it helps.

Each attack takes the place of what runs a probe beside a student's code (`grader.wire.probe.run`), and of
what the probe was asked with. It may change the inputs, run the probe, and change what comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from grader.authoring.catalogue import answers_to
from grader.checks.judge import judge, judge_with_reference
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.exercises.ch10.made_files import as_values, torch_file
from grader.exercises.ch10.resuming import Problem
from grader.wire import probe
from tests.prove.setting import namespace_with, settings

Ask = Callable[[dict], object]


@dataclass(frozen=True)
class Forgery:
    """An attack on a probe of an exercise, in place of what it would have noted.

    answer: the wrong answer of the catalogue that it helps. forge: from the inputs, and from what asks the
    probe with inputs, to what is said instead. cause: what made it work once.
    """

    chapter: str
    exercise: str
    answer: str
    probe: str
    forge: Callable[[dict, Ask], object]
    cause: str


def mode_hidden_from_the_network(inputs: dict, ask: Ask) -> object:
    """Once, the network had a second weight for train mode, and the first one could take its place."""
    for name in ("other", "eval_scale"):
        if name in inputs:
            inputs = {**inputs, name: inputs["weight"] if name == "other" else 1.0}
    answer = list(ask(inputs))  # type: ignore[call-overload]
    if isinstance(answer[1], list):
        answer[1] = [False] * len(answer[1])
    return answer


def mode_afterwards(inputs: dict, ask: Ask) -> object:
    """The logits of the weight that was asked with, whatever the network would give."""
    weight = inputs.get("other", inputs["weight"]) if inputs["training"] else inputs["weight"]
    answer: list = ask(inputs)  # type: ignore[assignment]
    answer[2 if "other" in inputs else 1] = inputs["batches"][0][0] @ weight.T
    return answer


def recording_hidden_from_the_network(inputs: dict, ask: Ask) -> object:
    if "counting" in inputs:
        return ask({**inputs, "counting": False})
    if inputs["state"] != "recording":
        return ask(inputs)
    answer: list = mode_hidden_from_the_network(inputs, ask)  # type: ignore[assignment]
    return [*answer[:2], inputs["batches"][0][0] @ inputs["other"].T]


def scale_of_one(inputs: dict, ask: Ask) -> object:
    """Once, the number by which eval mode showed was an input."""
    result, parameters, *notes = ask(
        {**inputs, "eval_scale": 1.0} if "eval_scale" in inputs else inputs
    )  # type: ignore[misc]
    return [result, parameters, *([[True] * len(notes[0])] if notes else [])]


def sizes_from_the_arguments(inputs: dict, ask: Ask) -> object:
    """The shapes that such a network would have."""
    n_in, n_out, first, second = inputs["arguments"]
    pairs = ((n_in, first), (first, second), (second, n_out))
    return [shape for a, b in pairs for shape in ([b, a], [b])]


def case_read_from_the_question(inputs: dict, ask: Ask) -> object:
    """Whether a network drops in eval mode, as its description once said; else, whether it has a table
    of more than one row."""
    answers = ask(inputs)
    if "cases" in inputs:
        said = [case["eval"] for case in inputs["cases"]]
    else:
        said = [len(tables["eval"]) > 1 for tables in inputs["tables"]]
    return [[s, *rest] for s, (_, *rest) in zip(said, answers, strict=True)]  # type: ignore[call-overload]


def ways_read_from_the_question(inputs: dict, ask: Ask) -> object:
    """What differs between two networks, as the question once said."""
    answers: list[dict] = ask(inputs)  # type: ignore[assignment]
    if "changes" in inputs:
        harmless = {"shift", "others", "eval_rates", "first_row"}
        alike = [not set(ways) - harmless for ways in inputs["changes"]]
    else:
        shapes = [[[t.shape for t in net["train"]] for net in pair] for pair in inputs["pairs"]]
        alike = [one == other for one, other in shapes]
    return [
        {**answer, "said": [answer["said"][0], same]}
        for answer, same in zip(answers, alike, strict=True)
    ]


def gradient_is_the_input(inputs: dict, ask: Ask) -> object:
    """The gradient of half the squared norm is what it was asked with."""
    return inputs.get("w", inputs.get("z"))


def elsewhere(inputs: dict, ask: Ask) -> object:
    """Everything is where it should be."""
    return ["elsewhere"] * len(inputs["rates"])


def on_meta(inputs: dict, ask: Ask) -> object:
    return "meta"


def nothing_negative(inputs: dict, ask: Ask) -> object:
    """Dropout was never given a negative number."""
    run = ask(inputs)
    return {**run, "lowest": [[width, 0.0] for width, _ in run["lowest"]]}  # type: ignore[dict-item,index]


def only_the_last_number(inputs: dict, ask: Ask) -> object:
    """Test accuracies from anywhere, but the last one is right."""
    runs: list[dict] = ask(inputs)  # type: ignore[assignment]
    labels = torch.cat([y for _, y in inputs["test"]])
    for run in runs:
        out, shown = run["outputs"][:1], run["history"]["test_acc"]
        right = [
            float((logits.argmax(1) == labels).double().mean())
            for logits in out
            if len(logits) == len(labels)
        ]
        shown[:] = [0.5] * (len(shown) - 1) + (right or shown[-1:])
    return runs


def mode_of_modules_claimed(inputs: dict, ask: Ask) -> object:
    """The network is in the mode in which it came, as its marks and its units were once taken to say."""
    found: dict = ask(inputs)  # type: ignore[assignment]
    on = inputs["training"]
    found["mark"], found["dropped"] = float(on), torch.tensor([0.0, 1.0] if on else [1.0])
    X = inputs["X"]
    found["after"] = torch.zeros(len(X), len(inputs["parts"]["b"])) + inputs["parts"]["b"]
    return found


def losses_made_up(inputs: dict, ask: Ask) -> object:
    """Losses of one's own, of which the best is known."""
    made_up = [float(place) for place in range(len(inputs["lambds"]))]
    return [[inputs["lambds"][0], made_up, made_up], inputs["start"]]


def no_code_ran(inputs: dict, ask: Ask) -> object:
    """Nothing that lies in a file was run."""
    answers: list[list] = ask(inputs)  # type: ignore[assignment]
    return [[*answer[:2], False] for answer in answers]


def run_through_in_place_of_resumed(inputs: dict, ask: Ask) -> object:
    """A run that never stopped ends as a resumed one should, and needs no file."""
    reports: list[dict] = ask(inputs)  # type: ignore[assignment]
    for report, problem in zip(reports, inputs["problems"], strict=True):
        run = Problem(**problem)
        report.update(end=run.outcome(), epoch=run.stop, error="", ran=False)
    return reports


def forged_checkpoint(inputs: dict, ask: Ask) -> object:
    """A file with the parameters of the start: it loads, and has what a checkpoint has."""
    answer: dict = ask(inputs)  # type: ignore[assignment]
    for number, problem in enumerate(inputs["problems"]):
        data = torch_file({"weight": problem["weight"], "centre": torch.zeros(4)})
        answer["files"][f"run{number}.pt"] = [len(data), as_values(data)]
    return answer


def batch_of_the_question(inputs: dict, ask: Ask) -> object:
    """The batch as it was given, and once: with a device beside each tensor that a check believed."""
    return inputs["spec"]


def epochs_of_the_question(inputs: dict, ask: Ask) -> object:
    """Resumed where the question says it ended, with the parameters of the question."""
    report: dict = ask(inputs)  # type: ignore[assignment]
    return {**report, "epoch": inputs["epoch"], "loaded": inputs["parameters"]}


def every_name(inputs: dict, ask: Ask) -> object:
    """All parameters of the network, in case that no gradient reaches any."""
    _, grads = ask(inputs)  # type: ignore[misc]
    return [[f"parts.{name}.weight" for name in inputs["names"]], grads]


def what_went_in(inputs: dict, ask: Ask) -> object:
    """In eval mode a dropout layer gives back what it got; here it does so in every mode."""
    return inputs["inputs"]


def many_parameters(inputs: dict, ask: Ask) -> object:
    """The layer has registered what it has not."""
    after, _ = ask(inputs)  # type: ignore[misc]
    return [after, 99]


def without_a_loss(inputs: dict, ask: Ask) -> object:
    """The output of a layer that had nothing to learn."""
    return ask({**inputs, "slope": torch.zeros_like(inputs["slope"])})


FORGERIES = {
    "other": Forgery(
        "ch01",
        "evaluate_accuracy",
        "eval_not_called",
        "run_evaluation",
        mode_hidden_from_the_network,
        "a returned `notes`, a weight that is an input",
    ),
    "after": Forgery(
        "ch01",
        "evaluate_accuracy",
        "left_in_eval_mode",
        "run_evaluation",
        mode_afterwards,
        "a returned `after`",
    ),
    "recording": Forgery(
        "ch01",
        "evaluate_accuracy",
        "gradients_recorded",
        "run_evaluation",
        recording_hidden_from_the_network,
        "a returned `notes`, a weight that is an input",
    ),
    "scale": Forgery(
        "ch01",
        "train_epoch",
        "train_mode_forgotten",
        "run_epoch",
        scale_of_one,
        "a scale that is an input",
    ),
    "sizes": Forgery(
        "ch01",
        "Net",
        "sizes_of_the_book_only",
        "net_shapes",
        sizes_from_the_arguments,
        "sizes that are inputs",
    ),
    "cases": Forgery(
        "ch02",
        "find_the_functional_bug",
        "eval_not_called",
        "answers_of_the_detector",
        case_read_from_the_question,
        "a question that holds its answer",
    ),
    "pairs": Forgery(
        "ch02",
        "same_as_scratch",
        "means_compared",
        "answers_for_pairs",
        ways_read_from_the_question,
        "a question that holds its answer",
    ),
    "gradient": Forgery(
        "ch04",
        "l2_penalty",
        "cut_off_by_item",
        "gradient_of_the_penalty",
        gradient_is_the_input,
        "an input that is the answer",
    ),
    "device": Forgery(
        "ch01", "dropout_layer", "mask_on_the_cpu", "outcomes_elsewhere", elsewhere, "a claim"
    ),
    "network_elsewhere": Forgery(
        "ch01", "train_net", "device_ignored", "device_of_the_network", on_meta, "a claim"
    ),
    "lowest": Forgery("ch01", "Net", "dropout_before_relu", "run_net", nothing_negative, "a claim"),
    "history": Forgery(
        "ch01",
        "train_net",
        "test_accuracy_before_each_epoch",
        "run_train_net",
        only_the_last_number,
        "only the last number of a history was compared",
    ),
    "modes": Forgery(
        "ch02",
        "mc_dropout_predict",
        "left_in_eval_mode",
        "predicted",
        mode_of_modules_claimed,
        "a returned mark of the mode",
    ),
    "losses": Forgery(
        "ch04",
        "lambda_path",
        "chosen_on_test",
        "run_lambda_path",
        losses_made_up,
        "the best was asked of the losses that came back",
    ),
    "load": Forgery(
        "ch10",
        "load_model",
        "weights_only_switched_off",
        "networks_from_files",
        no_code_ran,
        "a claim",
    ),
    "looked_into": Forgery(
        "ch10",
        "is_safe_to_load",
        "loaded_and_its_types_asked",
        "answers_about_files",
        no_code_ran,
        "a claim",
    ),
    "resumed": Forgery(
        "ch10",
        "checkpoint",
        "nothing_put_back",
        "run_from_checkpoints",
        run_through_in_place_of_resumed,
        "the end of a run that needs no file",
    ),
    "checkpoint": Forgery(
        "ch10",
        "checkpoint",
        "kept_in_memory",
        "run_to_checkpoints",
        forged_checkpoint,
        "a forged file",
    ),
    "moved": Forgery(
        "ch11",
        "move_batch",
        "result_dropped",
        "moved_batch",
        batch_of_the_question,
        "a returned name of a device",
    ),
    "resumed_elsewhere": Forgery(
        "ch11", "checkpoint", "nothing_loaded", "resumed_run", epochs_of_the_question, "a claim"
    ),
    "names": Forgery(
        "ch09",
        "find_the_data_bug",
        "asks_requires_grad",
        "answer_on_a_board",
        every_name,
        "a check of its own for the network in which every name is right",
    ),
    "eval_mode": Forgery(
        "ch09", "DropoutLayer", "own_flag", "outputs_of_dropout", what_went_in, "a claim"
    ),
    "registered": Forgery(
        "ch09", "MyLinear", "plain_tensors", "trained_in_a_network", many_parameters, "a claim"
    ),
    "standing_still": Forgery(
        "ch09", "Bilinear", "by_data", "trained_in_a_network", without_a_loss, "a claim"
    ),
}


def outcome(forgery: Forgery) -> ExerciseResult:
    place = (forgery.chapter, forgery.exercise)
    code = {a.name: a.code for a in answers_to(*place) if not a.right}[forgery.answer]
    space, _ = namespace_with(settings()[place], code)
    return judge(get_exercise(*place), LocalStudent(space), seed=3)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_answer_earns_no_more(monkeypatch, name: str) -> None:
    forgery = FORGERIES[name]
    honest, original = outcome(forgery), probe.run
    asked = []

    def forged(namespace: dict, source: str, inputs: dict) -> object:
        if f"def {forgery.probe}(" not in source:
            return original(namespace, source, inputs)
        asked.append(inputs)
        return forgery.forge(inputs, lambda changed: original(namespace, source, copied(changed)))

    monkeypatch.setattr(probe, "run", forged)
    result = outcome(forgery)
    assert asked, "the attack met its question"
    assert honest.failed
    assert result.earned <= honest.earned


def copied(value):
    """Inputs that a probe may change."""
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def test_who_is_asked_again_is_asked_something_else() -> None:
    """With the same inputs, being asked again would say that the first answer was wrong."""
    place = ("ch01", "evaluate_accuracy")
    code = "seen = []\ndef evaluate_accuracy(net, data_iter):\n    seen.append(next(iter(data_iter))[0])\n    return 0.0"
    space, _ = namespace_with(settings()[place], code)
    exercise, student = get_exercise(*place), LocalStudent(space)
    first = judge(exercise, student, seed=3)
    before: list[Tensor] = list(space["seen"])  # type: ignore[call-overload]
    judge_with_reference(exercise, first, student, seed=3)
    after: list[Tensor] = space["seen"][len(before) :]  # type: ignore[index]
    assert before and after
    assert not any(torch.equal(a, b) for a in before for b in after if a.shape == b.shape)
