"""What a command's children leave behind when they end: adopted, named and ended, so that nothing runs on unseen."""

import sys

import psutil

from hub_config.process import libc

ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER from <linux/prctl.h>


def adopt() -> None:
    """From now on a process whose parent ends becomes a child of this one; without effect where there is no Linux."""
    if sys.platform == "linux":
        libc.prctl(ADOPT_ORPHANS, 1, 0, 0, 0)


def end(patience: float = 10) -> list[str]:
    """Give all that still runs below this process so many seconds, then kill it; the commands of what was killed."""
    left = psutil.Process().children(recursive=True)
    psutil.wait_procs(left, timeout=patience)
    killed = []
    # What is killed may leave children of its own, which are then ours.
    while left := [each for each in psutil.Process().children(recursive=True) if each.is_running()]:
        killed += [name for each in left if (name := _command(each))]
        for each in left:
            each.kill()
        psutil.wait_procs(left)
    return killed


def _command(process: psutil.Process) -> str:
    """Empty for what has ended and only waits to be noticed."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""
