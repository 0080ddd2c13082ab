"""Kernels on a member's server: how long until a first cell has imported what lessons use, and their memory."""

import argparse
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

from hub_config.benchmarks.figures import Figure
from hub_config.benchmarks.hubs import Hub, check_sight, ours, stock
from hub_config.benchmarks.spawn import SETTLED

NAME = "member"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=5, help="how many kernels are started (default: 5)")


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Request to the first cell's end, and the memory of a server with the first of its kernels."""
    check_sight()
    (seconds, memory), (stock_seconds, stock_memory) = (measure(hub(), options.times) for hub in (ours, stock))
    yield Figure.of("kernel, request to first cell with pandas, ipywidgets, plotly", "s", seconds, stock_seconds)
    yield Figure.of("private memory of a server with such a kernel", "MB", [memory], [stock_memory])


def measure(which: AbstractContextManager[Hub], times: int) -> tuple[list[float], float]:
    """Seconds of each kernel, one after the other on one server; megabytes of the server with its first."""
    with which as hub:
        hub.add(NAME)
        hub.start(NAME)
        first = hub.kernel(NAME)
        time.sleep(SETTLED)
        memory = hub.memory(NAME)
        seconds = [hub.kernel(NAME) for _ in range(times)]
        hub.stop(NAME)
    return seconds or [first], memory
