"""Refreshing a feed: fetch it to its end, or as far as it goes today; show what differs; take it in when asked.

What is promised: what is in use changes only by `take`; a fetch that was broken off goes on where it stopped, within a
day; a feed that is down, has another shape, repeats pages, ends early or is suddenly empty leaves everything as it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from conventions.feeds.entities import Entity, entity
from conventions.feeds.faults import fault
from conventions.feeds.service import Service
from conventions.feeds.sets import EntitySet
from conventions.feeds.store import Fetched, Store, now

# What was fetched so far is too old to go on from: the feed may have changed meanwhile.
STALE = timedelta(days=1)


@dataclass(frozen=True)
class Difference:
    """What is new, gone or changed by `id`, against what is in use; of the changed, which parts."""

    added: dict[str, Entity]
    removed: dict[str, Entity]
    changed: dict[str, tuple[str, ...]]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def refresh(service: Service, store: Store, kind: EntitySet) -> Fetched:
    """Fetch a feed whole; it then waits in the store. Raises the errors of `Service.pages`, `feed-repeats` and
    `feed-incomplete`; what was fetched before one of them is kept and gone on from.
    """
    fetched, count = _so_far(service, store, kind), None
    for page in service.pages(kind, fetched.skip):
        entities = {each["id"]: each for each in (entity(kind, raw) for raw in page.entities)}
        if entities.keys() <= fetched.entities.keys():
            store.drop_part(kind)
            raise fault("feed-repeats", kind.name, f"nothing new after {fetched.skip} entities")
        fetched.entities |= entities
        fetched.skip += len(page.entities)
        count = page.count
        store.keep_part(kind, fetched)
    _refuse_incomplete(store, kind, fetched, count)
    store.complete(kind, fetched)
    return fetched


def difference(store: Store, kind: EntitySet) -> Difference:
    """What taking in would change. Raises `nothing-fetched`."""
    waiting, current = store.waiting(kind), store.current(kind)
    if waiting is None:
        raise fault("nothing-fetched", kind.name, store.folder.name)
    new, old = waiting.entities, current.entities if current else {}
    return Difference(
        added={key: new[key] for key in new if key not in old},
        removed={key: old[key] for key in old if key not in new},
        changed={key: _parts(old[key], new[key]) for key in new if key in old and old[key] != new[key]},
    )


def take(store: Store, kind: EntitySet) -> Fetched:
    """Take in what waits. Raises `nothing-fetched`."""
    return store.take(kind)


def _so_far(service: Service, store: Store, kind: EntitySet) -> Fetched:
    part = store.part(kind)
    if part and part.service == service.url and now() - datetime.fromisoformat(part.started) < STALE:
        return part
    return Fetched(service.url)


def _refuse_incomplete(store: Store, kind: EntitySet, fetched: Fetched, count: int | None) -> None:
    found = len(fetched.entities)
    current = store.current(kind)
    if count is not None and found < count:
        store.drop_part(kind)
        raise fault("feed-incomplete", kind.name, f"{found} of {count} entities")
    if not found and current and current.entities:
        raise fault("feed-incomplete", kind.name, f"it is empty, and had {len(current.entities)} entities")


def _parts(old: Entity, new: Entity) -> tuple[str, ...]:
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))
