"""The Linux calls behind the walls: namespaces, mounts, capabilities. Only a worker uses them.

Called through ctypes, because Python offers them late (os.unshare came with 3.12) or not at all.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import re
import resource
import struct

NEW_MOUNTS, NEW_IPC, NEW_USERS = 0x00020000, 0x08000000, 0x10000000
NEW_PROCESSES, NEW_NETWORK = 0x20000000, 0x40000000
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_EXEC = 1, 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVILEGES, _DROP_BOUNDING, _AMBIENT = 1, 4, 38, 24, 47
_NO_RANDOM_ADDRESSES = 0x0040000
NOBODY = 65534
_HUGEPAGE, _COLLAPSE, _HUGE = 14, 25, 2 * 2**20


@functools.cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    checked(libc().unshare(flags), "unshare")


def join(namespace_fd: int, kind: int) -> None:
    checked(libc().setns(namespace_fd, kind), "setns")


def map_own_user(inside: int) -> None:
    """In a fresh user namespace: the one user that this process is, under the number `inside`."""
    uid, gid = _ids_outside
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {uid} 1"),
        ("gid_map", f"{inside} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


_ids_outside = (os.geteuid(), os.getegid())


def remember_ids() -> None:
    """Call before `unshare(NEW_USERS)`: inside, the old numbers can no longer be asked for."""
    global _ids_outside
    _ids_outside = (os.geteuid(), os.getegid())


def make_mounts_private() -> None:
    checked(libc().mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None), "private mounts")


def mount_tmpfs(where: str, size: int, mode: str = "755", read_only: bool = False) -> None:
    flags = _NO_SETUID | _NO_DEVICES | (_READ_ONLY if read_only else 0)
    options = f"size={size},nr_inodes=20000,mode={mode}".encode()
    checked(libc().mount(b"tmpfs", where.encode(), b"tmpfs", flags, options), f"tmpfs on {where}")


def bind(source: str, where: str) -> None:
    checked(libc().mount(source.encode(), where.encode(), None, _BIND, None), f"bind on {where}")


def drop_capabilities() -> None:
    """Give up every capability, for this process and all that it starts."""
    for capability in range(64):
        if libc().prctl(_DROP_BOUNDING, capability, 0, 0, 0) != 0:
            break
    libc().prctl(_AMBIENT, 4, 0, 0, 0)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    checked(libc().capset(header, ctypes.create_string_buffer(24)), "capset")
    checked(libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")


def stay_readable_to_own_user() -> None:
    """After a change of user: /proc/self stays writable, which `map_own_user` needs."""
    checked(libc().prctl(_DUMPABLE, 1, 0, 0, 0), "dumpable")


def die_with_parent() -> None:
    if hasattr(libc(), "prctl"):
        libc().prctl(_PDEATHSIG, 9, 0, 0, 0)


def collapse_memory() -> None:
    """Bring this process's memory into 2 MiB pages, which makes each fork three times cheaper.

    A fork copies one entry per page. Kernels before 6.1 cannot do it, nor systems without /proc, and then nothing
    happens.
    """
    collapse(own_memory())


def own_memory() -> list[tuple[int, int]]:
    """Address ranges of this process's own memory, of which files and stacks are no part; none without /proc."""
    try:
        with open("/proc/self/smaps") as file:
            smaps = file.read()
    except OSError:
        return []
    areas = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw-p \w+ 00:00 0 *(?:\[heap\])?$", smaps, re.M)
    return [(int(start, 16), int(end, 16)) for start, end in areas]


def collapse(areas: list[tuple[int, int]]) -> None:
    """Bring these address ranges into 2 MiB pages: see `collapse_memory`."""
    for start, end in areas:
        _advise(start, end, _COLLAPSE)


@functools.cache
def use_large_pages() -> None:
    """Have malloc take what it gives out from now on from pages of 2 MiB, and keep what is freed.

    One fault brings such a page, instead of 512, and a fork copies one entry for it; so call it before the large
    imports, once for a process and its forks. Only addresses are taken: 224 MiB of them, of which torch's
    libraries fill 142. The options are M_MMAP_THRESHOLD, M_TRIM_THRESHOLD and M_TOP_PAD of mallopt(3).
    Elsewhere than with glibc, nothing happens.
    """
    if not hasattr(libc(), "mallopt"):
        return
    for option, mebibytes in ((-3, 32), (-1, 256), (-2, 8)):
        libc().mallopt(option, mebibytes * 2**20)
    malloc, free = libc().malloc, libc().free
    malloc.restype = ctypes.c_void_p
    blocks = [malloc(ctypes.c_size_t(28 * 2**20)) for _ in range(8)]  # None where there is no room
    for block in reversed(blocks):
        free(ctypes.c_void_p(block))
    with contextlib.suppress(OSError), open("/proc/self/maps") as file:
        heap = re.search(r"^([0-9a-f]+)-([0-9a-f]+) .*\[heap\]$", file.read(), re.M)
        if heap is not None:
            start, end = (int(address, 16) for address in heap.groups())
            _advise(start, end, _HUGEPAGE)


def address_space() -> int:
    """Bytes of address space that this process takes, without those that malloc keeps for later.

    0 where it is not known.
    """
    try:
        with open("/proc/self/statm") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return 0
    if not hasattr(libc(), "mallinfo2"):
        return taken
    libc().mallinfo2.restype = _MallocInfo
    return taken - libc().mallinfo2().fordblks


class _MallocInfo(ctypes.Structure):
    """What mallinfo2(3) gives; fordblks: bytes that are free."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def _advise(start: int, end: int, advice: int) -> None:
    """madvise(2) for the whole large pages between two addresses; what the kernel cannot do is left."""
    start, end = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
    if start < end:
        libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), advice)


def fix_addresses() -> bool:
    """Ask for the same memory addresses in every run, from the next exec on. False if already so."""
    current = libc().personality(0xFFFFFFFF)
    if current == -1 or current & _NO_RANDOM_ADDRESSES:
        return False
    return libc().personality(current | _NO_RANDOM_ADDRESSES) != -1
