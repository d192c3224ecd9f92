"""Tries to leave the sandbox's root folder: new namespaces, mounts, chroot, device files.

In process: no, there is no wall, so no way out is needed.
Here: no, none of these calls is allowed.
Shown by: nothing
"""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
new_user, new_mounts = 0x10000000, 0x00020000
tried = {
    "unshare": libc.unshare(new_user | new_mounts),
    "mount": libc.mount(b"proc", b"/tmp", b"proc", 0, None),
    "umount": libc.umount2(b"/proc", 2),
    "remount": libc.mount(b"none", b"/", None, 32 | 4096, None),
    "chroot": libc.chroot(b"/tmp"),
    "mknod": libc.mknod(b"/tmp/disk", 0o60666, os.makedev(8, 0)),
    "open_by_handle": libc.syscall(304, -100, b"\0" * 64, 0),
}
print(tried)
for path in ("/dev/mem", "/dev/sda", "/dev/kmsg", "/sys/kernel/security", "../../../../../etc/shadow"):
    try:
        with open(path, "rb") as file:
            print(path, file.read(100))
    except OSError as error:
        print(path, error.strerror)
