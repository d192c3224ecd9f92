"""The system calls that a submission may not make.

Namespaces and the missing capabilities already hold a submission. This filter takes away what they do
not cover: memory that nobody counts (memfd, System V shared memory, shared anonymous maps), state that
would outlive a submission (kernel keyrings), sockets that no network namespace separates (vsock), and
parts of the kernel that a notebook never needs and attacks like (bpf, io_uring, userfaultfd, new
namespaces, mounts). `setsid` is among them because the kernel shares out processors by session, so a
submission has the weight of one however many processes it starts; `io_setup`, because its contexts come
out of one number for the whole machine.

Programs, libraries and data are the same files for every submission and for the machine. Locks on them,
and watching them, would tell one submission of another and of the machine. So watching is refused, and so
is asking for locks; taking one does nothing and succeeds, since libraries lock files of their own.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from grader.sandbox.inside.syscalls import checked, libc

# name: number on x86_64, number on aarch64; None where the call does not exist.
_DENIED: dict[str, tuple[int, int | None]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190),
    "msgget": (68, 186), "mq_open": (240, 180), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "statmount": (457, 457), "listmount": (458, 458),
    "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "acct": (163, 89), "quotactl": (179, 60),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "move_pages": (279, 239), "migrate_pages": (256, 238), "vmsplice": (278, 75),
    "fanotify_init": (300, 262), "personality": (135, 92), "syslog": (103, 116),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27),
    "io_setup": (206, 0), "cachestat": (451, 451), "preadv2": (327, 286),
    "setsid": (112, 157), "ioperm": (173, None), "iopl": (172, None), "modify_ldt": (154, None), "uselib": (134, None),
}  # fmt: skip
_MACHINES = {  # audit architecture, index into the table, numbers of the calls with special rules
    "x86_64": (
        0xC000003E,
        0,
        {
            "clone": 56,
            "clone3": 435,
            "socket": 41,
            "mmap": 9,
            "ioctl": 16,
            "flock": 73,
            "fcntl": 72,
        },
    ),
    "aarch64": (
        0xC00000B7,
        1,
        {
            "clone": 220,
            "clone3": 435,
            "socket": 198,
            "mmap": 222,
            "ioctl": 29,
            "flock": 32,
            "fcntl": 25,
        },
    ),
}
_NEW_NAMESPACES = 0x7E020000
_SHARED_ANONYMOUS = 0x21
_TIOCSTI = 0x5412
_LOCK = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, and those of an open file
_ASK_OR_WATCH = (5, 36, 1024, 1026)  # F_GETLK, F_OFD_GETLK, F_SETLEASE, F_NOTIFY
_SOCKET_FAMILIES = (1, 2, 10)  # unix, IPv4, IPv6; the latter two lead nowhere

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_DONE = _ERROR | 0  # nothing happens, and the call succeeds
_NUMBER, _ARCHITECTURE = 0, 4
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


class UnknownMachine(OSError):
    """No table of system calls for this processor."""


def install() -> None:
    """Put the filter on this process and all that it starts, for ever.

    Raises UnknownMachine on a processor other than x86_64 and aarch64, OSError when the kernel refuses.
    """
    program = _program()
    code = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    described = Program(len(program) // 8, ctypes.cast(code, ctypes.c_void_p))
    checked(libc().prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(described), 0, 0), "seccomp")


def _program() -> bytes:
    if platform.machine() not in _MACHINES:
        raise UnknownMachine(
            f"the sandbox knows the system calls of x86_64 and aarch64, not of {platform.machine()}"
        )
    architecture, column, number = _MACHINES[platform.machine()]
    deny = _ERROR | errno.EPERM
    lines = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_IF_EQUAL, architecture, 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER),
    ]
    if platform.machine() == "x86_64":  # the x32 variants of every call
        lines += [_op(_IF_AT_LEAST, 0x40000000, 0, 1), _op(_RETURN, _ERROR | errno.ENOSYS)]
    lines += [
        # glibc falls back to clone, whose flags can be seen here.
        _op(_IF_EQUAL, number["clone3"], 0, 1),
        _op(_RETURN, _ERROR | errno.ENOSYS),
        *_rule(number["clone"], 0, [_op(_IF_ANY_BIT, _NEW_NAMESPACES, 0, 1), _op(_RETURN, deny)]),
        *_rule(
            number["mmap"],
            3,
            [
                _op(_AND, _SHARED_ANONYMOUS),
                _op(_IF_EQUAL, _SHARED_ANONYMOUS, 0, 1),
                _op(_RETURN, deny),
            ],
        ),
        *_rule(number["ioctl"], 1, [_op(_IF_EQUAL, _TIOCSTI, 0, 1), _op(_RETURN, deny)]),
        _op(_IF_EQUAL, number["flock"], 0, 1),
        _op(_RETURN, _DONE),
        *_rule(number["fcntl"], 1, [*_if_one_of(_LOCK, _DONE), *_if_one_of(_ASK_OR_WATCH, deny)]),
        *_rule(
            number["socket"],
            0,
            [
                *(
                    _op(_IF_EQUAL, family, len(_SOCKET_FAMILIES) - place, 0)
                    for place, family in enumerate(_SOCKET_FAMILIES)
                ),
                _op(_RETURN, _ERROR | errno.EAFNOSUPPORT),
            ],
        ),
    ]
    for denied in (numbers[column] for numbers in _DENIED.values()):
        if denied is not None:
            lines += [_op(_IF_EQUAL, denied, 0, 1), _op(_RETURN, deny)]
    return b"".join([*lines, _op(_RETURN, _ALLOW)])


def _rule(number: int, argument: int, body: list[bytes]) -> list[bytes]:
    """Apply `body` to the low half of one argument of one call, and go on with the call's number."""
    load = _op(_LOAD, 16 + 8 * argument)
    allow = _op(_RETURN, _ALLOW)
    return [_op(_IF_EQUAL, number, 0, len(body) + 2), load, *body, allow]


def _if_one_of(values: tuple[int, ...], result: int) -> list[bytes]:
    """Return `result` when what was loaded is one of `values`, else go on."""
    checks = [
        _op(_IF_EQUAL, value, len(values) - place - 1, int(place == len(values) - 1))
        for place, value in enumerate(values)
    ]
    return [*checks, _op(_RETURN, result)]


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
