"""Who has a live kernel: so many at once in all and from one address, and no more."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from tornado.web import HTTPError

from conventions import logs
from widgets.server.rates import Often, Rate
from widgets.server.run import Run

log = logging.getLogger(__name__)
LOOK_AGAIN = 0.5
# Seconds for a page to connect, and again after a slow line broke; its kernel ends when it has not.
PATIENCE = 20.0


class Full(Exception):
    """All places are taken, in all or for this address."""


@dataclass(frozen=True)
class Live:
    """A kernel's visitor, and when it became hers."""

    address: str
    since: float = field(default_factory=time.monotonic)


class Connection(Protocol):
    """What a page is told by that its kernel has ended."""

    def close(self) -> None: ...


class Visitors:
    """Knows live kernels by address. `kernels` is a `MultiKernelManager`, which ends those that are idle."""

    def __init__(self, kernels: Any, most: int, most_of_one: int, rate: Rate, starts_at_once: int = 2) -> None:
        self._kernels, self._most, self._most_of_one, self._rate = kernels, most, most_of_one, rate
        self._live: dict[str, Live] = {}
        self._connections: dict[str, set[Connection]] = {}
        self._watching: set[asyncio.Task[None]] = set()
        self._starting: Counter[str] = Counter()
        self._turn = asyncio.Semaphore(starts_at_once)

    async def admit(self, address: str, start: Callable[[], Awaitable[Run]]) -> Run:
        """Start a kernel for whoever is at this address; Full or Often if she cannot have one now."""
        self._refuse_more(address)
        self._starting[address] += 1
        try:
            async with self._turn:
                run = await start()
            self._live[run.kernel] = Live(address)
            task = asyncio.create_task(self._watch(run.kernel))
            self._watching.add(task)
            task.add_done_callback(self._watching.discard)
        finally:
            self._starting[address] -= 1
        return run

    def _refuse_more(self, address: str) -> None:
        taken = self.taken
        why = "busy" if taken.total() >= self._most else "address"
        try:
            if why == "busy" or taken[address] >= self._most_of_one:
                raise Full
            self._rate.take(address)
        except (Full, Often):
            logs.tell(log, "kernel-refused", why=why)
            raise

    def connect(self, kernel: str, connection: Connection) -> None:
        """Have a connection closed when its kernel has ended."""
        self._connections.setdefault(kernel, set()).add(connection)

    def disconnect(self, kernel: str, connection: Connection) -> None:
        self._connections.get(kernel, set()).discard(connection)

    async def end(self, kernel: str, why: str = "asked") -> None:
        """End a visitor's kernel; whoever knows its name, which is never logged, is the one who was given it."""
        live = self._live.pop(kernel, None)
        if live:
            logs.tell(log, "kernel-ended", why=why, seconds=time.monotonic() - live.since)
        if live and kernel in self._kernels:
            await self._kernels.shutdown_kernel(kernel, now=True)

    async def _watch(self, kernel: str) -> None:
        """Until it has ended or nobody is there: give its place back, and tell its page.

        A page that is left says so itself, but a browser that is killed or a line that breaks cannot.
        """
        manager, alone, why = self._kernels.get_kernel(kernel), 0.0, ""
        while not why:
            await asyncio.sleep(LOOK_AGAIN)
            alone = 0.0 if self._connections.get(kernel) else alone + LOOK_AGAIN
            if alone >= PATIENCE:
                why = "left"
            elif kernel not in self._kernels:
                why = "idle"
            elif not await manager.is_alive():
                why = "died"
        # It may be ending in another way at the same moment.
        with suppress(KeyError, HTTPError):
            await self.end(kernel, why)
        for connection in self._connections.pop(kernel, set()):
            connection.close()

    @property
    def taken(self) -> Counter[str]:
        """How many kernels each address has or waits for."""
        return Counter(live.address for live in self._live.values()) + self._starting
