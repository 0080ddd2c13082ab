"""The control groups (cgroup v2) of this start of the platform: limits of a whole room, however many processes it has.

`chm serve` makes them below its own group, if that has been handed to it, for as long as it runs:

    <its own>/chm-<pid>/platform          chm serve, the Hub, the portal, …: whatever is not in a room
    <its own>/chm-<pid>/rooms/<room>      one for each room, made by its keeper and removed once it is empty

Processes of the platform find them by the group that they are in, so nothing has to be passed on or can be out of
date. Where they cannot be made, `claim` says why, and what holds are the limits of each process alone.

The rules are those of the kernel's documentation (admin-guide/cgroup-v2) and of systemd's on delegation. As all that
`enter` imports, this needs nothing but the standard library.
"""

import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub_config.warm.kernel import Refused

START, PLATFORM, ROOMS = "chm-", "platform", "rooms"
PROCESSES, CONTROL, KINDS = "cgroup.procs", "cgroup.subtree_control", "cgroup.controllers"
# Memory is what the groups are made for; the others are taken where they are offered.
NEEDED, WELCOME = "memory", ("cpu", "pids")
# Where this folder is, systemd is in charge of all groups, and changes those that it has not marked as handed over.
SYSTEMD = Path("/run/systemd/system")
HANDED_OVER = "user.delegate"
# The Hub and the portal answer however busy the rooms are, which weigh 100 together.
WEIGHT = "1000"
# Microseconds in which a room has its share of processors, and the least that the kernel takes.
PERIOD, LEAST_QUOTA = 100_000, 1000
ESCAPED = re.compile(r"\\([0-7]{3})")


class Missing(Exception):
    """Why no groups can be made."""


@dataclass(frozen=True)
class Most:
    """What a room may use: bytes of memory, processors (0: all), processes and threads."""

    memory: int
    cpus: float
    processes: int


def claim(*, isolated: bool = True) -> tuple[Path, list[str]]:
    """Make this start's groups and move this process into one; where they are, and the controllers they have.

    To be called before any other process is started. Raises `Missing`, after which `here` finds none.
    """
    own = place()
    if not isolated:
        raise Missing("there are no rooms without a sandbox")
    if own is None:
        raise Missing("this machine shows no cgroup v2")
    if reason := obstacle(own):
        raise Missing(reason)
    sweep(own)
    start = own / f"{START}{os.getpid()}"
    try:
        for folder in (start, start / PLATFORM, start / ROOMS):
            folder.mkdir(mode=0o700, exist_ok=True)
        # A group that passes controllers on has no process of its own.
        write(start / PLATFORM / PROCESSES, str(os.getpid()))
        _pass_on(NEEDED, start)
        held = [kind for kind in WELCOME if _can_pass_on(kind, start)]
        if (weight := start / PLATFORM / "cpu.weight").exists():
            write(weight, WEIGHT)
    except OSError as error:
        with suppress(OSError):
            write(own / PROCESSES, str(os.getpid()))
        sweep(own)
        raise Missing(f"{error.filename or own}: {error.strerror}") from error
    return start, [NEEDED, *held]


def _pass_on(kind: str, start: Path) -> None:
    """Let rooms have a controller, which is taken down to them step by step."""
    for folder in (start.parent, start, start / ROOMS):
        write(folder / CONTROL, f"+{kind}")


def _can_pass_on(kind: str, start: Path) -> bool:
    try:
        _pass_on(kind, start)
    except OSError:
        return False
    return True


def place(groups: str | None = None, mounts: str | None = None) -> Path | None:
    """The folder of this process's own group; None if there is none to be seen.

    `groups` and `mounts` are what /proc/self/cgroup and /proc/self/mountinfo say.
    """
    groups = Path("/proc/self/cgroup").read_text() if groups is None else groups
    mounts = Path("/proc/self/mountinfo").read_text() if mounts is None else mounts
    # Version 2 has number 0 and no name; beside it there may be those of version 1.
    own = next((Path(line[3:]) for line in groups.splitlines() if line.startswith("0::")), None)
    for line in mounts.splitlines():
        fields = line.split(" ")
        root, point = (ESCAPED.sub(lambda code: chr(int(code[1], 8)), field) for field in fields[3:5])
        # A group outside of this container's is told by the way that leads out of it.
        visible = own and own.is_relative_to(root) and ".." not in own.parts
        if own and visible and fields[fields.index("-") + 1] == "cgroup2":
            return Path(point) / own.relative_to(root)
    return None


def obstacle(own: Path, systemd: Path = SYSTEMD) -> str:
    """Why no groups can be made below that one, of which we are; empty if they can."""
    if NEEDED not in _words(own / KINDS):
        return f"{own} has no memory controller, which cgroup v1 may still have"
    if not all(os.access(own / name, os.W_OK) for name in ("", PROCESSES, CONTROL)):
        return f"{own} is not ours to change"
    if systemd.is_dir() and not _handed_over(own):
        return f"systemd has not delegated {own}"
    # The root of all groups, which alone has no kind, may have processes and pass controllers on, too.
    others = sorted(set(_words(own / PROCESSES)) - {str(os.getpid())}, key=int)
    if others and (own / "cgroup.type").exists():
        return f"other processes are in {own}, too: {', '.join(others)}"
    return ""


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _handed_over(own: Path) -> bool:
    try:
        return os.getxattr(own, HANDED_OVER) == b"1"
    except OSError:
        return False


def sweep(own: Path) -> None:
    """Remove what earlier starts have left there; one that still runs, or is about to end, keeps its groups."""
    for start in own.glob(f"{START}*"):
        if _words(start / "cgroup.events")[:2] == ["populated", "0"]:
            for folder in (*start.glob("*/*/"), *start.glob("*/"), start):
                with suppress(OSError):
                    folder.rmdir()


def here() -> Path | None:
    """The folder of this platform's rooms, asked by any of its processes; None if it could not be made."""
    own = place()
    if own is None or own.name != PLATFORM or not own.parent.name.startswith(START):
        return None
    rooms = own.parent / ROOMS
    return rooms if NEEDED in _words(rooms / CONTROL) else None


def room(name: str, most: Most) -> dict[str, Any] | None:
    """What a plan has to say for its room to be limited as a whole, if that can be; see `join`."""
    rooms = here()
    return {"path": str(rooms / name), "limits": limits(rooms, most)} if rooms else None


def limits(rooms: Path, most: Most) -> dict[str, str]:
    """What to write to which of a group's files, by the controllers that it will have.

    `memory.oom.group` stays 0: when the room is full the kernel ends one process of it, the largest among those that
    are to go first, which are notebooks' kernels. Her page then says that the kernel has died and starts it again;
    her server, her other notebooks and what she has not saved live on. Nor may she use swap, or the whole machine
    would wait for one who needs too much.
    """
    quota = f"{max(LEAST_QUOTA, round(most.cpus * PERIOD))}" if most.cpus else "max"
    wanted = {
        "memory.max": str(most.memory),
        "memory.swap.max": "0",
        "cpu.max": f"{quota} {PERIOD}",
        "pids.max": str(most.processes),
    }
    had = _words(rooms / CONTROL)
    # A kernel may have a controller without each of its files, as where swap is not counted.
    known = {file for file in wanted if file.partition(".")[0] in had and (rooms / file).exists()} | {"memory.max"}
    return {file: most for file, most in wanted.items() if file in known}


def join(group: Mapping[str, Any]) -> None:
    """Make a room's group, or take the one that is left of its last time, and move this process into it.

    Raises `Refused`: a room whose plan names a group is in it, with all its limits, or does not begin.
    """
    path = Path(group["path"])
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        for file, most in group["limits"].items():
            write(path / file, most)
        write(path / PROCESSES, str(os.getpid()))
    except OSError as error:
        raise Refused(f"join the control group {error.filename or path}: {error.strerror}") from error


def write(file: Path, value: str) -> None:
    """Write to a file of the kernel's and never make one, which would limit nothing; an `OSError` names the file."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, value.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        os.close(descriptor)


def remove(name: str, patience: float = 2.0, rooms: Path | None = None) -> bool:
    """Remove a room's group once its last process has ended; whether it is gone after so many seconds.

    One that stays is taken by the room's next time, or swept away by the next start. `rooms` is the folder that it is
    in, by default this platform's.
    """
    rooms, deadline = rooms or here(), time.monotonic() + patience
    while rooms and (rooms / name).exists():
        with suppress(OSError):
            (rooms / name).rmdir()
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
