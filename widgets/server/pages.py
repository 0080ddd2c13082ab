"""Pages that were drawn ahead: kept in memory and on disk, drawn anew when they are out of date, once for all who ask.

A page that is out of date is shown until the new one is there, and for as long as a new one cannot be drawn.
"""

import asyncio
import gzip
import hashlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conventions import logs
from widgets.asked import from_address

log = logging.getLogger(__name__)
MOST_IN_MEMORY, MOST_ON_DISK, MOST_WAITING = 200, 1000, 20
# A dashboard that failed is tried again after a minute, or as soon as something about it has changed.
TRY_AGAIN = 60.0


@dataclass(frozen=True)
class Wanted:
    """A dashboard's name, and the one address of a view of it."""

    name: str
    query: str

    @property
    def language(self) -> str:
        return from_address(self.query).language

    @property
    def file(self) -> str:
        return f"{self.name}-{hashlib.sha256(self.query.encode()).hexdigest()[:16]}.page"


@dataclass(frozen=True)
class Page:
    """A whole page, made of what had this version."""

    version: str
    html: bytes

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.html, mtime=0)

    @cached_property
    def etag(self) -> str:
        """A weak one, since it is the same for the page and the page compressed."""
        return f'W/"{hashlib.sha256(self.html).hexdigest()[:32]}"'


class Crowded(Exception):
    """So many pages wait to be drawn that no other can be."""


Draw = Callable[[Wanted, str], Awaitable[bytes]]


class Pages:
    """Pages by dashboard and view; `draw` makes one of a version, `folder` keeps them over a restart."""

    def __init__(self, draw: Draw, version: Callable[[], str], folder: Path) -> None:
        self._draw, self._version, self._folder = draw, version, folder
        self._known: OrderedDict[Wanted, Page] = OrderedDict()
        self._drawing: dict[Wanted, asyncio.Task[Page | None]] = {}
        self._failed: dict[Wanted, tuple[str, float]] = {}
        # One at a time: whoever reads is not to wait for those that are drawn.
        self._turn = asyncio.Semaphore(1)
        self._closed = False

    def close(self) -> None:
        """What is being drawn loses its kernel now, and that it fails is nothing to tell."""
        self._closed = True

    def known(self, wanted: Wanted) -> Page | None:
        """The page as it is, if there is one; if it is out of date, a new one will follow."""
        page = self._remembered(wanted)
        if page and page.version != self._version():
            try:
                self.drawing(wanted)
            except Crowded:
                log.info("%s stays as it was for now: too many pages wait to be drawn", wanted.name)
        return page

    def begun(self, wanted: Wanted) -> bool:
        """Whether the page is being drawn already, or waits for its turn."""
        return wanted in self._drawing

    def drawing(self, wanted: Wanted) -> asyncio.Task[Page | None]:
        """The page being drawn, once however many ask; its result is None if it cannot be."""
        if found := self._drawing.get(wanted):
            return found
        if len(self._drawing) >= MOST_WAITING:
            raise Crowded
        task = asyncio.create_task(self._drawn(wanted))
        self._drawing[wanted] = task
        task.add_done_callback(lambda _: self._drawing.pop(wanted, None))
        return task

    async def _drawn(self, wanted: Wanted) -> Page | None:
        async with self._turn:
            version = self._version()
            failed, when = self._failed.get(wanted, ("", 0.0))
            if failed == version and time.monotonic() - when < TRY_AGAIN:
                return None
            began = time.monotonic()
            try:
                page = Page(version, await self._draw(wanted, version))
            except Exception as error:
                if self._closed:
                    return None
                logs.tell(log, "page-failed", dashboard=wanted.name, language=wanted.language, error=error)
                self._failed[wanted] = (version, time.monotonic())
                return None
            took = time.monotonic() - began
            logs.tell(log, "page-drawn", dashboard=wanted.name, language=wanted.language, seconds=took)
            self._failed.pop(wanted, None)
            self._remember(wanted, page)
            await asyncio.to_thread(self._store, wanted, page)
            return page

    def _remembered(self, wanted: Wanted) -> Page | None:
        page = self._known.get(wanted) or self._stored(wanted)
        if page:
            self._remember(wanted, page)
        return page

    def _remember(self, wanted: Wanted, page: Page) -> None:
        self._known[wanted] = page
        self._known.move_to_end(wanted)
        while len(self._known) > MOST_IN_MEMORY:
            self._known.popitem(last=False)

    def _stored(self, wanted: Wanted) -> Page | None:
        try:
            with gzip.open(self._folder / wanted.file) as file:
                head = json.loads(file.readline())
                return Page(head["version"], file.read()) if head["query"] == wanted.query else None
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            return None

    def _store(self, wanted: Wanted, page: Page) -> None:
        """Whole or not at all: a page that was half written would be shown for ever."""
        head = json.dumps({"version": page.version, "query": wanted.query}).encode()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._folder / f"{wanted.file}.new"
            new.write_bytes(gzip.compress(head + b"\n" + page.html, mtime=0))
            new.replace(self._folder / wanted.file)
            stored = sorted(self._folder.glob("*.page"), key=lambda path: path.stat().st_mtime)
            for old in stored[:-MOST_ON_DISK]:
                old.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s is kept in memory only: %s", wanted.name, error)
