"""Questions to a submission's functions: plain data or a StudentError, never anything else."""

from __future__ import annotations

import math
import time

import pytest
import torch

from grader.checks.exercise import Exercise, check
from grader.checks.expect import equal
from grader.grading.grade_submission import judge_in_session
from grader.sandbox import Sandbox, Session
from grader.wire.codec import WireError, encode
from grader.wire.probe import StudentError

DEFINITIONS = """
import torch, os, time, sys, random, numpy as np
calls = []
def double(X, *, times=2):
    calls.append(1)
    print("noise"); print("noise", file=sys.stderr)
    return {"X": X * times, "calls": len(calls), 3: (None, float("nan"))}
def stub(X):
    raise NotImplementedError
def wrong(X):
    y = X.reshape(-1)
    return y @ torch.ones(99)
def odd(): return [object()]
def large(): return torch.zeros(20 * 2**20)
def hang(): time.sleep(1000)
def hang_in_c():
    import ctypes; ctypes.CDLL(None).sleep(1000)
def stubborn():
    n = 0
    while True:
        try:
            while n >= 0: n += 1
        except BaseException: pass
def leave(): os._exit(0)
def crash():
    import ctypes; ctypes.string_at(0)
def out(): sys.exit(1)
def many(): os.fork(); return 1
def chance(): return [torch.rand(1).item(), random.random(), np.random.rand()]
def forge(data):
    os.write(3, data); return 1
def eat(): return len(b"x" * (10**10))
def eat_together():
    for i in range(6):
        if os.fork() == 0:
            x = b"x" * (200 << 20); time.sleep(60)
    time.sleep(60)
def write(): open("left", "w").write("x"); return os.listdir()
"""


@pytest.fixture
def student(session: Session) -> Session:
    assert session.run_cell(DEFINITIONS).status == "ok"
    return session


def probe_training(namespace, X):
    layer = nn.Linear(2, 1)  # noqa: F821
    out = namespace["double"](layer(X))["X"].sum()
    out.backward()
    return {"grad": layer.weight.grad, "type": type(out).__name__}


def forge(namespace, data):
    return namespace["forge"](bytes(data))


def write_and_hang(namespace, data):
    namespace["os"].write(3, bytes(data))
    namespace["hang"]()


def test_calls_and_probes(student: Session):
    X = torch.ones(2, 2)
    with student.exercise() as remote:
        first = remote.call("double", X)
        assert torch.equal(first["X"], X * 2) and first["calls"] == 1 and math.isnan(first[3][1])
        assert remote.call("double", X, times=3)["calls"] == 2
        probed = remote.run(probe_training, X=X)
        assert probed["grad"].shape == (1, 2) and probed["type"] == "Tensor"
    with student.exercise() as remote:
        assert remote.call("double", X)["calls"] == 1, "an exercise leaves no trace in the next"


@pytest.mark.parametrize(
    ("name", "kind", "type_", "says"),
    [
        ("stub", "raised", "NotImplementedError", ""),
        ("wrong", "raised", "RuntimeError", "size"),
        ("nothing", "missing", "NameError", "`nothing` is not defined"),
        ("calls", "missing", "TypeError", "of type list"),
        ("odd", "not_plain", "TypeError", "type object"),
        ("large", "not_plain", "ValueError", "can be sent"),
        ("leave", "died", "Died", "exit code 0"),
        ("crash", "died", "Died", "SIGSEGV"),
        ("out", "raised", "SystemExit", "1"),
        ("eat", "raised", "MemoryError", ""),
    ],
)
def test_what_goes_wrong_is_told(student: Session, name: str, kind: str, type_: str, says: str):
    args = (torch.ones(2),) if name in ("stub", "wrong") else ()
    with student.exercise() as remote:
        with pytest.raises(StudentError) as caught:
            remote.call(name, *args)
        error = caught.value
        assert (error.kind, error.type, says in error.message) == (kind, type_, True), error
        if name == "wrong":
            assert error.source_line == "return y @ torch.ones(99)"
        assert remote.call("double", 2)["X"] == 4, "the next question is answered"


@pytest.mark.parametrize("name", ["hang", "hang_in_c", "stubborn"])
def test_a_hang_costs_its_exercise_only(student: Session, name: str):
    started = time.monotonic()
    with student.exercise(seconds=0.5) as remote:
        with pytest.raises(StudentError, match=r"within the 0\.5 s") as caught:
            remote.call(name)
        assert caught.value.kind == "timeout"
        assert remote.call("double", 1)["X"] == 2, (
            "the other questions of the exercise are answered"
        )
    with student.exercise() as remote:
        assert remote.call("double", 1)["X"] == 2
    assert time.monotonic() - started < 10


def test_memory_of_an_exercise_is_limited_over_its_processes(student: Session):
    with student.exercise() as remote:
        with pytest.raises(StudentError, match="700 MiB"):
            remote.call("eat_together")
        assert remote.call("double", 1)["X"] == 2


def test_a_copy_that_forks_answers_once(student: Session):
    with student.exercise() as remote:
        assert [remote.call("many") for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    "data",
    [
        [0, 0, 0, 1, 0],  # not a message
        [255, 255, 255, 255],  # an oversized one
        [0, 0, 0, 13, 0, 0, 0, 9, *b"[null,[]]"],  # an answer of the wrong form
    ],
)
def test_forged_messages_are_malformed_answers(student: Session, data: list[int]):
    with student.exercise() as remote:
        with pytest.raises(StudentError) as caught:
            remote.run(forge, data=data)
        assert caught.value.kind == "malformed"
        assert remote.call("double", 2)["X"] == 4


def test_a_half_message_hits_the_deadline(student: Session):
    with student.exercise(seconds=0.7) as remote:
        with pytest.raises(StudentError) as caught:
            remote.run(write_and_hang, data=[0, 0])
        assert caught.value.kind == "timeout"


def test_an_answer_before_the_question_is_malformed(student: Session):
    answer = encode({"value": 1})
    message = len(answer).to_bytes(4, "big") + answer
    with student.exercise(seconds=3) as remote:
        first = remote.run(write_and_hang, data=list(message * 2))
        assert first == 1, "the first one passes for an answer"
        with pytest.raises(StudentError) as caught:
            remote.call("double", 2)
        assert caught.value.kind == "malformed"
        assert remote.call("double", 2)["X"] == 4


def test_threads_before_the_fork_do_not_hang_the_judge(session: Session):
    session.run_cell(
        "import torch\ntorch.set_num_threads(4)\n"
        "A = torch.rand(1500, 1500, requires_grad=True); (A @ A).sum().backward()\n"
        "conv = torch.nn.Conv2d(3, 8, 3)(torch.rand(4, 3, 64, 64)).sum()\n"
        "def work():\n"
        "    B = torch.rand(1200, 1200, requires_grad=True)\n"
        "    (torch.nn.Conv2d(3, 8, 3)(torch.rand(4, 3, 64, 64)).sum() + (B @ B).sum()).backward()\n"
        "    return [B.grad.shape[0], torch.get_num_threads()]"
    )
    with session.exercise() as remote:
        assert remote.call("work") == [1200, 1]


def test_chance_is_the_same_in_every_run(sandbox: Sandbox):
    seen = []
    for _ in range(4):
        with sandbox.open(seed=11) as session:
            session.run_cell("import time; time.sleep(time.time() % 0.2)")  # must not count
            session.run_cell(DEFINITIONS)
            outcome = session.run_cell("chance(), object(), hash('a'), id(chance)")
            with session.exercise() as remote:
                seen.append((outcome.outputs, remote.call("chance"), remote.call("chance")))
    assert all(each == seen[0] for each in seen) and seen[0][1] != seen[0][2]
    with sandbox.open(seed=12) as session:
        session.run_cell(DEFINITIONS)
        with session.exercise() as remote:
            assert remote.call("chance") != seen[0][1]


def test_a_notebook_that_refuses_to_be_copied(session: Session):
    session.run_cell(
        "import os\nf = lambda: 1\nreal = os.fork\ndef no(): raise OSError(11, 'no')\nos.fork = no"
    )
    with session.exercise() as remote, pytest.raises(StudentError, match="could not be copied"):
        remote.call("f")
    assert session.run_cell("f()").status == "ok"


def test_exercises_see_the_notebook_as_it_is_then(session: Session):
    session.run_cell("def f(): return 1")
    with session.exercise() as early:
        assert early.call("f") == 1
    session.run_cell("def f(): return 2")
    with session.exercise() as late:
        assert late.call("f") == 2


def test_a_question_that_is_not_plain_is_the_askers_mistake(student: Session):
    with student.exercise() as remote, pytest.raises(WireError, match="type object"):
        remote.call("double", object())


def test_control_characters_do_not_reach_the_feedback(session: Session):
    session.run_cell("def f(): raise ValueError('a\\x1b[31mb\\r\\0c\\nd')")
    with session.exercise() as remote, pytest.raises(StudentError) as caught:
        remote.call("f")
    assert caught.value.message == "a[31mbc\nd"


HELPER = """
import os, socket, time
os.setpgid = lambda *group: None
def leave():
    if os.fork() == 0:
        os.close(3)
        if os.fork() == 0:
            import ctypes, threading
            listener = socket.socket(socket.AF_UNIX); listener.bind("\\0helper"); listener.listen()
            ctypes.CDLL(None).setpgid(0, 0)
            threading.Thread(target=time.sleep, args=(60,)).start()
            ctypes.CDLL(None).pthread_exit(None) if DEAD else time.sleep(60)
        os._exit(0)
    time.sleep(0.3); return ask()
def ask():
    try: socket.socket(socket.AF_UNIX).connect("\\0helper"); return True
    except OSError: return False
"""


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("dead", [False, True])
def test_what_an_exercise_starts_ends_with_it(session: Session, dead: bool, shared: bool):
    """In a process group of its own, behind a first thread that has ended: nothing answers later."""
    assert session.run_cell(f"DEAD = {dead}\n{HELPER}").status == "ok"
    with session.exercise(shared=shared) as remote:
        assert remote.call("leave") is True
        if shared:
            remote.keep()
    with session.exercise(shared=shared) as remote:
        assert remote.call("ask") is False
        assert remote.is_second_hand is shared


def test_what_a_cell_starts_goes_on(session: Session):
    session.run_cell(
        "import subprocess\np = subprocess.Popen(['sleep', '60'])\ndef f(): return True"
    )
    with session.exercise() as remote:
        assert remote.call("f") is True
    assert session.run_cell("assert p.poll() is None").status == "ok"


COPIES = """
import os, torch
seen = []
def own_pid(): return os.getpid()
def count():
    seen.append(1)
    return len(seen)
def unsettle(): torch.set_default_dtype(torch.float64)
def chance(): return torch.rand(1)
"""


def asked(session: Session, *names: str, keep: bool = True) -> tuple[list[object], bool]:
    """What the functions answer in one exercise, and whether its copy was there before."""
    with session.exercise(shared=True) as remote:
        answers = [remote.call(name) for name in names]
        if keep:
            remote.keep()
        return answers, remote.is_second_hand


def test_a_kept_copy_knows_what_was_defined_since(session: Session):
    session.run_cell(COPIES)
    ([first], shared) = asked(session, "own_pid")
    assert not shared
    session.run_cell(
        "def later(x=1, *, y: int = None) -> 'text':\n    return os.getpid()\nz = [1, 2]"
    )
    ([second], shared) = asked(session, "later")
    assert shared and second == first
    assert asked(session, "own_pid")[0] == [first]  # nothing ran in between


@pytest.mark.parametrize(
    "source",
    [
        "print()",
        "x = count()",
        "import math",
        "@print\ndef f(): pass",
        "def f(x=count()): pass",
        "x +",
    ],
)
def test_a_cell_that_does_more_than_define_ends_a_kept_copy(session: Session, source: str):
    session.run_cell(COPIES)
    ([first], _) = asked(session, "own_pid")
    session.run_cell(source)
    ([second], shared) = asked(session, "own_pid")
    assert not shared and second != first


def test_a_cell_that_fails_where_it_runs_first_ends_a_kept_copy(session: Session):
    session.run_cell(COPIES)
    asked(session, "count")
    assert session.run_cell("x = nowhere").status == "error"
    assert asked(session, "count") == ([1], False)


def test_a_copy_is_shared_by_those_alone_who_say_so(session: Session):
    session.run_cell(COPIES)
    assert asked(session, "count") == ([1], False)
    with session.exercise() as remote:
        assert remote.call("count") == 1 and not remote.is_second_hand
    assert asked(session, "count", keep=False) == ([1], False)
    assert asked(session, "count") == ([1], False)
    assert asked(session, "count") == ([2], True)


def test_a_kept_copy_begins_each_exercise_with_the_same_chance_and_torch(session: Session):
    session.run_cell(COPIES)
    (first, _) = asked(session, "chance", "unsettle")
    (second, shared) = asked(session, "chance")
    assert shared
    assert torch.equal(first[0], second[0]) and second[0].dtype == torch.float32


def test_a_kept_copy_that_died_since_is_replaced(session: Session):
    session.run_cell(
        COPIES
        + "def leave_later():\n    import threading\n    threading.Timer(0.1, lambda: os._exit(0)).start()\n"
    )
    asked(session, "leave_later")
    time.sleep(0.5)
    with session.exercise(shared=True) as remote:
        with pytest.raises(StudentError):
            remote.call("count")
        assert remote.is_second_hand
    assert asked(session, "count") == ([1], False)


class CountsOnce(Exercise):
    name, points = "count", 2

    @check("is asked for the first time")
    def first(self, student):
        copies.append(student.run(pid_of))
        equal(student.call("count"), 1)


class HasRun(CountsOnce):
    @check("is asked for the first time")
    def first(self, student):
        copies.append(student.run(pid_of))
        equal(student.call("count") > 0, True)


copies: list[object] = []


def pid_of(namespace):
    return namespace["os"].getpid()


def test_what_fails_in_a_kept_copy_is_judged_anew(session: Session):
    """What an exercise has left in the copy neither costs nor hides anything in the next one."""
    session.run_cell(COPIES)
    copies.clear()
    for exercise in (HasRun(), HasRun(), CountsOnce(), HasRun()):
        assert not judge_in_session(exercise, session, seed=1).failed
    assert len(copies) == 5
    assert copies[0] == copies[1] == copies[2] != copies[3] == copies[4]
    session.run_cell("seen.append(1)")
    for _ in range(2):  # what fails in a fresh copy has failed, and leaves none
        assert judge_in_session(CountsOnce(), session, seed=1).failed
    assert len(copies) == 7 and len(set(copies)) == 4


class Twice(CountsOnce):
    """A check that fails in a copy that has been asked before, and another after it."""

    name = "twice"

    @check("is asked only where it counts")
    def last(self, student):
        copies.append(student.run(pid_of))


def test_a_kept_copy_is_asked_no_further_than_to_the_first_failure(session: Session):
    """That copy's answers do not count; those of the fresh one do, all of them."""
    session.run_cell(COPIES)
    judge_in_session(CountsOnce(), session, seed=1)
    copies.clear()
    result = judge_in_session(Twice(), session, seed=1)
    assert not result.failed and len(result.checks) == 2
    kept, fresh, last = copies
    assert kept != fresh == last
    session.run_cell("seen.append(1)")
    assert [entry.passed for entry in judge_in_session(Twice(), session, seed=1).checks] == [
        False,
        True,
    ]


class Leaves(Exercise):
    name, points = "leaves", 1

    @check("answers")
    def answers(self, student):
        equal(student.call("leave_behind"), 1)


class ReadsAFile(Exercise):
    name, points = "reads", 1

    @check("finds what was written beside the notebook")
    def reads(self, student):
        equal(student.call("read"), "x")


@pytest.mark.parametrize(
    "left",
    [
        "os.chdir('/')",
        "del globals()['read']",
        "__builtins__.__dict__.pop('open')",
        "threading.Timer(0.2, os.close, [3]).start()",
        "signal.setitimer(signal.ITIMER_REAL, 0.2)",
        "sys.modules['grader.wire.probe'].call = None",
        "threading.Timer(0.2, lambda: os.kill(os.getppid(), 9)).start()",
    ],
)
def test_what_an_exercise_leaves_costs_nothing_in_the_next(session: Session, left: str):
    """Though both would be asked in one copy."""
    session.run_cell(
        f"import builtins as __builtins__, os, signal, sys, threading\nopen('f', 'w').write('x')\n"
        f"def leave_behind():\n    {left}\n    return 1\ndef read():\n    with open('f') as f: return f.read()"
    )
    assert not judge_in_session(Leaves(), session, seed=1).failed
    time.sleep(0.5)
    session.run_cell("def nothing(): pass")
    assert not judge_in_session(ReadsAFile(), session, seed=1).failed
