"""What works, what is slow, since when: each part is really asked, and not longer than two seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import httpx
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool

from expert_db.database import Database, now

PATIENCE = 2.0
SLOW = 1.0
# Visitors who reload do not make the parts answer more often than this, in seconds.
FRESH = 5.0
EVERY = 60.0


class State(StrEnum):
    """How a part does."""

    WORKS = "works"
    SLOW = "slow"
    DOWN = "down"


@dataclass(frozen=True)
class Probe:
    """A part of the platform, what it is called, and a question it must answer without raising."""

    name: str
    ask: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Finding:
    """How a part was found; `since` is when the watch first found it so."""

    name: str
    state: State
    since: datetime
    seconds: float


def http_probe(name: str, url: str) -> Probe:
    """A part that answers at an address with success or a redirection."""

    async def ask() -> None:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(url)
        if answer.is_error:
            answer.raise_for_status()

    return Probe(name, ask)


def database_probe(name: str, database: Database) -> Probe:
    """The database: it answers a query."""

    def query() -> None:
        with database.session() as session:
            session.execute(text("SELECT 1"))

    return Probe(name, lambda: run_in_threadpool(query))


class Watch:
    """Asks the parts, every minute and when somebody looks, and remembers since when each is as it is."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = probes
        self._findings: dict[str, Finding] = {}
        self._asked = -FRESH
        self._lock = asyncio.Lock()

    async def look(self) -> list[Finding]:
        """How every part does now, in the order of the probes."""
        async with self._lock:
            if time.monotonic() - self._asked >= FRESH:
                found = await asyncio.gather(*(self._find(probe) for probe in self._probes))
                self._findings = {finding.name: finding for finding in found}
                self._asked = time.monotonic()
        return list(self._findings.values())

    async def run(self) -> None:
        """Look for as long as the portal runs."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def _find(self, probe: Probe) -> Finding:
        started = time.monotonic()
        try:
            await asyncio.wait_for(probe.ask(), PATIENCE)
            taken = time.monotonic() - started
            state = State.SLOW if taken > SLOW else State.WORKS
        except Exception:
            taken, state = time.monotonic() - started, State.DOWN
        before = self._findings.get(probe.name)
        since = before.since if before and before.state is state else now()
        return Finding(probe.name, state, since, taken)
