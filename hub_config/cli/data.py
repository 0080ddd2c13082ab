"""Fetch what InforMEA's feeds publish on the three conventions, show what differs from what is in use, take it in."""

import argparse
import sys
from collections.abc import Callable, Iterator

from conventions.errors import ClearingHouseError
from conventions.feeds.refreshing import Difference, difference, refresh, take
from conventions.feeds.service import Service
from conventions.feeds.sets import SETS, EntitySet, entity_set
from conventions.feeds.store import Store
from hub_config.settings import Settings, read

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=list(ACTIONS), help="refresh: fetch; diff: show; take: put in use")
    parser.add_argument("feeds", nargs="*", metavar="feed", help=f"which (default: all): {', '.join(SETS)}")
    parser.add_argument("--home", help="the folder with the platform's state (default: CHM_HOME, or var/)")


def run(options: argparse.Namespace) -> int:
    """1 if a feed could not be fetched, shown or taken in; the others are done all the same."""
    settings = read(**({"home": options.home} if options.home else {}))
    kinds = [entity_set(name) for name in options.feeds] or list(SETS.values())
    failed = 0
    for kind in kinds:
        try:
            for line in ACTIONS[options.action](settings, Store(settings.home / "feeds"), kind):
                print(line)
        except ClearingHouseError as error:
            failed += 1
            print(f"{error} [{error.code}]", file=sys.stderr)
    return int(failed > 0)


def _refresh(settings: Settings, store: Store, kind: EntitySet) -> Iterator[str]:
    with Service(settings.feeds_url) as service:
        refresh(service, store, kind)
    yield f"{kind.name}: {_counts(difference(store, kind))}; `chm data take {kind.name}` puts it in use"


def _diff(_settings: Settings, store: Store, kind: EntitySet) -> Iterator[str]:
    found = difference(store, kind)
    yield f"{kind.name}: {_counts(found)}"
    lines = [f"  + {key}" for key in found.added] + [f"  - {key}" for key in found.removed]
    lines += [f"  ~ {key}: {', '.join(parts)}" for key, parts in found.changed.items()]
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more"


def _take(_settings: Settings, store: Store, kind: EntitySet) -> Iterator[str]:
    yield f"{kind.name}: {len(take(store, kind).entities)} in use"


def _counts(found: Difference) -> str:
    return f"{len(found.added)} new, {len(found.removed)} gone, {len(found.changed)} changed"


ACTIONS: dict[str, Callable[[Settings, Store, EntitySet], Iterator[str]]] = {
    "refresh": _refresh,
    "diff": _diff,
    "take": _take,
}
