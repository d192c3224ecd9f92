"""What a submission cannot see, reach or leave behind."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

import grader
from grader.sandbox import Sandbox, Session, launch
from grader.sandbox.inside import jail
from grader.sandbox.inside.package_while_graded import WHILE_GRADED
from tests.sandbox.conftest import text_of


def test_who_and_where_it_is(printed):
    assert printed("import os; print(os.getuid(), os.getgid(), os.getpid(), os.getcwd())") == (
        "65534 65534 1 /student/home\n"
    )
    assert (
        printed(
            "import os, tempfile\n"
            "print(os.listdir(), os.listdir(tempfile.gettempdir()), os.listdir('/dev/shm'))"
        )
        == "[] [] []\n"
    )
    assert printed("import socket; print(socket.gethostname())") == "lab\n"


def test_no_process_but_its_own_can_be_seen(printed):
    assert printed("import os; os.listdir('/proc')") == "[]"


def test_the_environment_is_not_the_graders(
    data_folder, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, printed
):
    assert "canary" not in printed("import os; print(dict(os.environ))")
    names = printed("sorted(os.environ)")
    for name in os.environ:
        if name.startswith(("PYTEST", "SSH", "AWS", "GIT", "VIRTUAL_ENV", "CI")):
            assert name not in names


def test_the_course_without_its_secrets(printed):
    assert printed("from grader import chapter; import lab; print(chapter.__name__)") == "chapter\n"
    package = Path(grader.__file__).parent
    repository = package.parent
    missing = [
        package / "hidden",
        repository / ".git",
        repository / "tests",
        repository / "solutions",
    ]
    missing += [
        repository / "chapters",
        Path("/root/.bashrc"),
        Path("/etc/shadow"),
        Path.home() / ".ssh",
    ]
    assert (
        printed(f"import os; print([p for p in {list(map(str, missing))} if os.path.exists(p)])")
        == "[]\n"
    )


def test_of_the_grader_two_folders_are_there(printed):
    """What decides (judge, expectations, tables, exercises, quizzes, hidden checks) is not among them."""
    package = Path(grader.__file__).parent
    shipped = [
        file for name in ("wire", "sandbox/inside") for file in (package / name).rglob("*.*")
    ]
    wanted = {f"grader/{file.relative_to(package)}" for file in shipped} | {"grader/__init__.py"}
    listed = printed(
        "import os\n"
        "for top, _, names in os.walk('/course'):\n"
        "    print(*(os.path.join(top, name)[8:] for name in names), sep='\\n')"
    ).split()
    found = {name for name in listed if name.startswith("grader") and "__pycache__" not in name}
    assert found == {name for name in wanted if "__pycache__" not in name}
    assert not any(word in name for name in found for word in ("judge", "expect", "table", "quiz"))
    for name in ("checks", "checks.judge", "checks.expect", "checks.table", "hidden", "exercises"):
        find = (
            "import importlib.util as u\n"
            f"try: print(u.find_spec('grader.{name}'))\n"
            "except ModuleNotFoundError: print(None)"
        )
        assert printed(find) == "None\n"


def test_an_installed_copy_is_covered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """It lies in the interpreter's own folders, which are there to see."""
    installed = tmp_path / "lib" / "grader"
    installed.mkdir(parents=True)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.syspath_prepend(str(installed.parent))
    command = launch._course()
    assert command[command.index("--tmpfs") :] == [
        *("--tmpfs", str(installed), "--remount-ro", str(installed)),
    ]


def test_a_check_of_the_students_own_says_why_it_is_silent(printed):
    assert (
        printed("from grader import chapter\ncheck, hint = chapter(1)\nearned = check('Net')")
        == WHILE_GRADED + "\n"
    )
    assert printed("earned") == "0.0"
    assert printed("hint('dropout_layer', 2)") == WHILE_GRADED + "\n"
    assert printed("reset('dropout_layer')\nsolution('dropout_layer')") == 2 * f"{WHILE_GRADED}\n"


def test_the_data_is_there_to_read_only(printed, session: Session):
    assert (
        printed("import os; open(os.environ['COURSE_DATA'] + '/rows.csv').read()")
        == "'a,b\\n1,2\\n'"
    )
    outcome = session.run_cell("open(os.environ['COURSE_DATA'] + '/new', 'w')")
    assert outcome.error.type == "OSError" and "Read-only" in outcome.error.message


def test_nothing_outside_the_home_can_be_written(printed):
    cell = """
import os, sys, tempfile
def writable(folder):
    try:
        with tempfile.TemporaryFile(dir=folder): return True
    except OSError: return False
found = []
for top, folders, files in os.walk("/"):
    if top.count("/") > 3: folders.clear()
    if writable(top): found.append(top); folders.clear()
print(sorted(found))
"""
    # /tmp is not among them where the interpreter lies there.
    assert printed(cell) in ("['/dev/shm', '/student', '/tmp']\n", "['/dev/shm', '/student']\n")
    assert printed("print(os.access(sys.prefix, os.W_OK), os.access('/course/lab', os.W_OK))") == (
        "False False\n"
    )


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        ("socket.create_connection(('1.1.1.1', 53), 2)", "unreachable"),
        ("socket.gethostbyname('example.org')", "resolution|not known"),
        ("socket.create_connection(('127.0.0.1', 22), 2)", "refused|unreachable"),
        ("socket.socket(socket.AF_VSOCK)", "not supported"),
        ("socket.socket(socket.AF_NETLINK)", "not supported"),
        ("socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "not supported"),
    ],
)
def test_no_network(session: Session, call: str, refused: str):
    outcome = session.run_cell(f"import socket\n{call}")
    assert outcome.status == "error"
    assert any(word in outcome.message for word in refused.split("|")), outcome.message


# glibc function or system call, by its effect
@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.unshare(0x20000)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.umount2(b'/proc', 2)",
        "libc.chroot(b'/tmp')",
        "libc.ptrace(16, 1, 0, 0)",
        "libc.memfd_create(b'x', 0)",
        "libc.shmget(0, 4096, 0o1600)",
        "libc.setuid(0)",
        "libc.setsid()",
        "libc.syscall(250, 0, 0)",  # keyctl
        "libc.syscall(321, 0, 0, 0)",  # bpf
        "libc.syscall(425, 1, 0)",  # io_uring_setup
        "libc.syscall(323, 0)",  # userfaultfd
        "libc.syscall(206, 1, ctypes.byref(ctypes.c_long(0)))",  # io_setup
        "libc.syscall(451, 0, 0, 0, 0)",  # cachestat
        "libc.syscall(435, 0, 0)",  # clone3
        "libc.syscall(56, 0x10000011, 0, 0, 0, 0)",  # clone into a new user namespace
        "libc.syscall(0x40000000 + 39)",  # the x32 way to call
        "libc.ioctl(0, 0x5412, b'x')",
        "libc.mmap(0, 4096, 3, 0x21, -1, 0)",
        "libc.prctl(24, 0, 0, 0, 0)",  # drop from the bounding set needs a capability
    ],
)
def test_system_calls_that_are_refused(printed, call: str):
    if os.uname().machine != "x86_64" and "syscall" in call:
        pytest.skip("the number is that of x86_64")
    assert printed(f"import ctypes; libc = ctypes.CDLL(None); {call}") == "-1"


TELLS = """
import ctypes, fcntl, os, struct, sys
libc = ctypes.CDLL(None)
def ask(call):
    try: return call()
    except OSError as error: return error.strerror
path = os.path.realpath(sys.executable)
mine, other = open(path), open(path)
fcntl.flock(mine, fcntl.LOCK_EX)
print(fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB), fcntl.lockf(mine, fcntl.LOCK_SH))
lock = struct.pack("hhxxxxqqixxxx", fcntl.F_WRLCK, 0, 0, 0, 0)
for command in (fcntl.F_GETLK, 36): print(ask(lambda: fcntl.fcntl(mine, command, lock)))
for command in (fcntl.F_NOTIFY, fcntl.F_SETLEASE): print(ask(lambda: fcntl.fcntl(mine, command, 0)))
print(libc.inotify_init(), libc.inotify_init1(0), libc.inotify_add_watch(3, b"/", 32))
print(ask(lambda: os.preadv(mine.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)))
print(os.path.exists("/dev/ptmx"), os.listdir("/dev/pts"))
print(os.dup(mine.fileno()) > 3, fcntl.fcntl(mine, fcntl.F_GETFD))
"""


def test_what_is_shared_tells_nothing(printed):
    """Programs are the same files for all: locks on them are not taken, watching them is refused."""
    no = "Operation not permitted\n"
    assert printed(TELLS) == f"None None\n{no * 4}-1 -1 -1\n{no}False []\nTrue 1\n"


def test_programs_that_raise_rights_do_not(printed):
    assert "0" not in printed("!su -c 'id -u' root < /dev/null; sudo -n id -u; true").split()


def test_nothing_stays_for_the_next_submission(sandbox: Sandbox):
    with sandbox.open(1) as first:
        left = first.run_cell(
            "import os, subprocess, socket, torch, builtins, sys\n"
            "for f in ('/student/tmp/left', '/dev/shm/left', 'left'): open(f, 'w').write('x')\n"
            "torch.left = builtins.left = sys.left = 1\n"
            "subprocess.Popen(['sleep', '300'], start_new_session=False)\n"
            "s = socket.socket(socket.AF_UNIX); s.bind('\\0left'); s.listen()\n"
            "if os.fork() == 0:\n  os.setpgid(0, 0)\n  import time; time.sleep(300)"
        )
        assert left.status == "ok", left.message
        ending = first._process.end()
        assert ending.killed and ending.left == 0
    with sandbox.open(1) as second:
        outcome = second.run_cell(
            "import os, torch, builtins, sys, socket\n"
            "print([f for f in ('/student/tmp/left', '/dev/shm/left', 'left') if os.path.exists(f)])\n"
            "print(hasattr(torch, 'left'), hasattr(builtins, 'left'), hasattr(sys, 'left'))\n"
            "socket.socket(socket.AF_UNIX).connect('\\0left')"
        )
        assert text_of(outcome.outputs) == "[]\nFalse False False\n"
        assert outcome.error.type == "ConnectionRefusedError"


def test_inherited_files(printed):
    cell = """
import os
def kind(fd):
    try: return os.fstat(fd).st_mode >> 12
    except OSError: return None
print([(fd, kind(fd)) for fd in range(256) if kind(fd) is not None])
"""
    assert printed(cell) == "[(0, 2), (1, 2), (2, 2), (3, 12)]\n", (
        "three of /dev/null and the channel"
    )


def test_the_end_of_a_sandbox_ends_all_in_it(sandbox: Sandbox):
    # The last of the folder's tests with a worker: the next one would have to wait for a new worker.
    outermost = psutil.Process(sandbox.pid)
    inside = [outermost, *outermost.children(recursive=True)]
    assert len(inside) >= 3
    sandbox.close()
    _, alive = psutil.wait_procs(inside, timeout=5)
    assert alive == []


def test_a_folder_with_the_interpreter_in_it_stays(monkeypatch):
    """A private /tmp would hide a virtual environment that lies below it."""
    monkeypatch.setattr(jail.sys, "prefix", "/tmp/clone/.venv")
    assert jail._holds_interpreter("/tmp") and not jail._holds_interpreter("/dev/shm")
