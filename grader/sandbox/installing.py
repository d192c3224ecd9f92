"""Installs bubblewrap where that needs no question: with apt, as root or by a sudo that asks for no password."""

from __future__ import annotations

import os
import shutil
import subprocess

INSTALL = ("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "bubblewrap")
SECONDS = 300


def may_install() -> tuple[str, ...] | None:
    """What stands before the command, nothing for root; None where somebody would be asked, or there is no apt."""
    if shutil.which("bwrap") or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo") and _runs("sudo", "--non-interactive", "true"):
        return ("sudo", "--non-interactive")
    return None


def install_bubblewrap(before: tuple[str, ...]) -> bool:
    """Install it, with a fresh list of packages where the old one does not do; whether it is there now."""
    if not _runs(*before, *INSTALL):
        _runs(*before, "apt-get", "update", "--quiet")
        _runs(*before, *INSTALL)
    return shutil.which("bwrap") is not None


def _runs(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
