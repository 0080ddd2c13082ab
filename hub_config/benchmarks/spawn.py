"""Members' servers: how long until one is ready, until many are that are asked for at once, and their memory."""

import argparse
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

from hub_config.benchmarks.figures import Figure
from hub_config.benchmarks.hubs import Hub, check_sight, ours, stock

# After this many seconds an idle server has done what it does after its start.
SETTLED = 5.0
Measured = tuple[list[float], float, list[float]]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--servers", type=int, default=40, help="how many are asked for at once (default: 40)")
    parser.add_argument("--times", type=int, default=5, help="how often one alone is started (default: 5)")


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """One alone, request to ready; all at once, first request to last ready; memory of one that is idle."""
    check_sight()
    found = [measure(hub(), options.servers, options.times) for hub in (ours, stock)]
    (alone, together, memory), (stock_alone, stock_together, stock_memory) = found
    yield Figure.of("one server, request to ready", "s", alone, stock_alone)
    name = f"{options.servers} servers at once, first request to last ready"
    yield Figure(name, "s", round(together, 3), round(stock_together, 3), options.servers)
    yield Figure.of("private memory of an idle server", "MB", memory, stock_memory)


def measure(which: AbstractContextManager[Hub], servers: int, times: int) -> Measured:
    """Seconds of each that was alone, seconds of all together, megabytes of each."""
    names = [f"member-{number}" for number in range(servers)]
    with which as hub:
        for name in names:
            hub.add(name)
        # The first is not counted: the machine reads the files that all of them need.
        alone = [cycle(hub, names[0]) for _ in range(times + 1)][1:]
        together = hub.start_all(names)
        time.sleep(SETTLED)
        memory = [hub.memory(name) for name in names]
        for name in names:
            hub.stop(name)
    return alone, together, memory


def cycle(hub: Hub, name: str) -> float:
    seconds = hub.start(name)
    hub.stop(name)
    return seconds
