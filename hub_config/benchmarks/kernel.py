"""Kernels on members' servers: how long until a first cell has imported what lessons use, and their memory.

Each member does what members do: her server is there, she opens JupyterLab, and a moment later a first notebook.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from hub_config.benchmarks.figures import Figure
from hub_config.benchmarks.hubs import Hub, check_sight, ours, stock
from hub_config.benchmarks.spawn import SETTLED

# Seconds between a page of JupyterLab and a notebook: a browser takes longer to show its launcher, and she to choose.
REST = 3.0


@dataclass
class Measured:
    """Seconds of each member's first kernel, and of each further one; megabytes of each server, before and with it."""

    first: list[float] = field(default_factory=list)
    further: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--members", type=int, default=5, help="how many start a first kernel (default: 5)")
    parser.add_argument("--times", type=int, default=2, help="how many more each of them starts (default: 2)")


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Request to the first cell's end, and the memory of a server whose page is open, and then with its kernel."""
    check_sight()
    here, there = (measure(hub(), options.members, options.times) for hub in (ours, stock))
    what = "request to first cell with pandas, ipywidgets, plotly"
    yield Figure.of(f"kernel, a member's first, {what}", "s", here.first, there.first)
    if options.times:
        yield Figure.of(f"kernel, each further one, {what}", "s", here.further, there.further)
    yield Figure.of("private memory of a server with such a kernel", "MB", here.memory, there.memory)
    yield Figure.of("private memory of a server whose page is open", "MB", here.opened, there.opened)


def measure(which: AbstractContextManager[Hub], members: int, times: int) -> Measured:
    """One member after the other; one more is not counted, for whom the machine reads the files that all need."""
    found = Measured()
    with which as hub:
        member(hub, "nobody", 0, Measured())
        for number in range(members):
            member(hub, f"member-{number}", times, found)
    return found


def member(hub: Hub, name: str, times: int, found: Measured) -> None:
    """Her work from her server's start to its stop."""
    hub.add(name)
    hub.start(name)
    hub.open(name)
    time.sleep(REST)
    found.opened.append(hub.memory(name))
    found.first.append(hub.kernel(name))
    time.sleep(SETTLED)
    found.memory.append(hub.memory(name))
    found.further += [hub.kernel(name) for _ in range(times)]
    hub.stop(name)
