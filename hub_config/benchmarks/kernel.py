"""Kernels on members' servers: how long until a first cell has imported what lessons use, and their memory.

Each member does what members do: her server is there, she opens JupyterLab, a moment later a first notebook, and then
others. In a program that opens no notebook, a kernel is forked only as it is asked for.
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
# And between the notebook's content and the request for its kernel: JupyterLab takes 0.09 s, Notebook 0.2 s and more.
DRAWN = 0.09


@dataclass
class Measured:
    """Seconds of a page, and of kernels: a member's first, a further notebook's, one that no notebook was opened for.

    Megabytes of each server: once its page is open, and with its first kernel.
    """

    page: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    further: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--members", type=int, default=5, help="how many start a first kernel (default: 5)")
    parser.add_argument("--times", type=int, default=2, help="how many more each of them starts (default: 2)")


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Seconds of a page, and from request to a first cell's end; memory of a server with a page, and with a kernel."""
    check_sight()
    here, there = (measure(hub(), options.members, options.times) for hub in (ours, stock))
    yield Figure.of("page of JupyterLab, all that a browser asks the server for", "s", here.page, there.page)
    what = "request to first cell with pandas, ipywidgets, plotly"
    yield Figure.of(f"kernel, a member's first, {what}", "s", here.first, there.first)
    if options.times:
        yield Figure.of(f"kernel, a further notebook's, {what}", "s", here.further, there.further)
        yield Figure.of(f"kernel, without a notebook, {what}", "s", here.asked, there.asked)
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
    hub.save(name)
    found.page.append(hub.open(name))
    time.sleep(REST)
    found.opened.append(hub.memory(name))
    found.first.append(hub.kernel(name))
    time.sleep(SETTLED)
    found.memory.append(hub.memory(name))
    for _ in range(times):
        hub.read(name)
        time.sleep(DRAWN)
        found.further.append(hub.kernel(name))
        found.asked.append(hub.kernel(name))
    hub.stop(name)
