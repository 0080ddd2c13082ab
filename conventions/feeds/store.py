"""Where feeds are kept: a folder with the last good data, what was fetched and waits, and a fetch that was broken off.

`Decisions.json` is in use, `Decisions.before.json` was before it, `Decisions.new.json` waits to be taken in,
`Decisions.part.json` is the fetch so far. Each is written whole or not at all.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conventions.feeds.entities import Entity
from conventions.feeds.faults import fault
from conventions.feeds.sets import EntitySet


@dataclass
class Fetched:
    """Entities of one feed by their `id`, from which service, fetched since when; `skip` says how far it has come."""

    service: str
    started: str = field(default_factory=lambda: now().isoformat())
    skip: int = 0
    entities: dict[str, Entity] = field(default_factory=dict)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Store:
    """The files of all feeds in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self, kind: EntitySet) -> Fetched | None:
        """The last good data that was taken in, or none."""
        return self._read(kind, "")

    def waiting(self, kind: EntitySet) -> Fetched | None:
        """What was fetched completely and not yet taken in, or none."""
        return self._read(kind, ".new")

    def part(self, kind: EntitySet) -> Fetched | None:
        """How far a fetch has come, or none."""
        return self._read(kind, ".part")

    def keep_part(self, kind: EntitySet, fetched: Fetched) -> None:
        """Remember how far a fetch has come, so that it can go on from there."""
        self._write(kind, ".part", fetched)

    def drop_part(self, kind: EntitySet) -> None:
        """Forget a fetch that was broken off: the next one begins at the beginning."""
        self._path(kind, ".part").unlink(missing_ok=True)

    def complete(self, kind: EntitySet, fetched: Fetched) -> None:
        """What was fetched waits to be taken in."""
        self._write(kind, ".new", fetched)
        self.drop_part(kind)

    def take(self, kind: EntitySet) -> Fetched:
        """Put what waits in the place of what is in use, which stays as the one before. Raises `nothing-fetched`."""
        waiting = self.waiting(kind)
        if waiting is None:
            raise fault("nothing-fetched", kind.name, self._path(kind, ".new").name)
        current = self.current(kind)
        if current is not None:
            self._write(kind, ".before", current)
        self._path(kind, ".new").replace(self._path(kind, ""))
        return waiting

    def _path(self, kind: EntitySet, what: str) -> Path:
        return self.folder / f"{kind.name}{what}.json"

    def _read(self, kind: EntitySet, what: str) -> Fetched | None:
        path = self._path(kind, what)
        if not path.exists():
            return None
        try:
            return Fetched(**_checked(json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError) as error:
            raise fault("feed-unreadable", kind.name, f"{path.name}: {error}") from error

    def _write(self, kind: EntitySet, what: str, fetched: Fetched) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(kind, what)
        unfinished = path.with_suffix(".writing")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(asdict(fetched), file, ensure_ascii=False, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)


def _checked(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("entities"), dict):
        raise TypeError("it holds no entities")
    return value
