"""Runs a command and ends what it leaves behind, so that nothing runs on unseen."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from hub_config.process import libc

ADOPT = 36  # PR_SET_CHILD_SUBREAPER from <linux/prctl.h>


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """The exit status of a command whose orphans become this process's children, which buries them when they end."""
    if sys.platform == "linux":
        libc.prctl(ADOPT, 1, 0, 0, 0)
    process = subprocess.Popen(command, cwd=folder, env=environment)
    while True:
        ended, status = os.wait()
        if ended == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode


def end(patience: float = 10) -> list[str]:
    """Give all that still runs below this process so many seconds, then kill it; the commands of what was killed."""
    psutil.wait_procs(_below(), timeout=patience)
    killed = []
    # What is killed may leave children of its own, which are then ours.
    while left := _below():
        killed += [name for each in left if (name := _command(each))]
        for each in left:
            # Whose keeper was killed before it has ended already.
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(left)
    return killed


def _below() -> list[psutil.Process]:
    below: list[psutil.Process] = psutil.Process().children(recursive=True)
    return below


def _command(process: psutil.Process) -> str:
    """Empty for what has ended and only waits to be noticed."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""
