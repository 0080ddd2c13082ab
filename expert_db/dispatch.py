"""Delivers events to their handlers: in the log's order, at least once, each in a transaction of its own.

What a handler changes in the database happens exactly once, since it is committed with the note that it is done. What
it does outside, such as a post in the forum, can happen twice when the process is killed in between, so a handler that
acts outside must be able to repeat itself. An event that failed comes later, after events that did not.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from conventions import logs
from conventions.errors import ClearingHouseError
from expert_db.database import Database, now
from expert_db.events import Delivery, Event

Platform = TypeVar("Platform")
Handler = Callable[[Platform, Session, Event], None]
Flows = Mapping[str, Sequence[Handler[Platform]]]

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)
# PostgreSQL can commit a lower position after a higher one. So many positions below the newest are looked at again
# each time; what lies deeper was looked at while no transaction was that old.
IN_FLIGHT = 1000


class Dispatcher(Generic[Platform]):
    """Runs the handlers of `flows` on every event they are not done with.

    A handler's changes and the note that it is done are one transaction. One that raises is tried again, later
    each time, and its error is kept in `deliveries`; the other handlers go on.
    """

    def __init__(self, database: Database, flows: Flows[Platform], platform: Platform) -> None:
        self._database = database
        self._platform = platform
        self._flows = flows
        self._settled = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery that is under way, and no other."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            try:
                self.deliver()
            except Exception:
                # Such as a database that is away for a moment: the thread must outlive it.
                log.exception("events could not be delivered; they will be as soon as the database answers")
                self._stop.wait(1)

    def deliver(self) -> int:
        """Run what is due once; the number of deliveries made."""
        with self._database.session() as session:
            newest = session.scalar(select(func.max(Event.position))) or 0
            due = sorted([*self._new(session), *self._failed_before(session)], key=lambda pair: pair[1])
        made = sum(self._deliver(position, handler) for handler, position in due if not self._stop.is_set())
        if not self._stop.is_set():
            self._settled = newest - IN_FLIGHT
        return made

    def _new(self, session: Session) -> Iterator[tuple[Handler[Platform], int]]:
        """Events that a handler was not given yet."""
        for kind, handlers in self._flows.items():
            for handler in handlers:
                given = and_(Delivery.position == Event.position, Delivery.handler == name_of(handler))
                query = select(Event.position).outerjoin(Delivery, given).where(Event.kind == kind)
                fresh = query.where(Event.position > self._settled, Delivery.position.is_(None))
                yield from ((handler, position) for position in session.scalars(fresh))

    def _failed_before(self, session: Session) -> Iterator[tuple[Handler[Platform], int]]:
        """Events whose handler raised and whose time to be tried again has come."""
        named = {name_of(handler): handler for handlers in self._flows.values() for handler in handlers}
        query = select(Delivery).where(Delivery.done_at.is_(None), Delivery.retry_at <= now())
        for delivery in session.scalars(query):
            if delivery.handler in named:
                yield named[delivery.handler], delivery.position

    def _deliver(self, position: int, handler: Handler[Platform]) -> bool:
        key = (position, name_of(handler))
        try:
            with self._database.session() as session:
                handler(self._platform, session, session.get_one(Event, position))
                delivery = session.get(Delivery, key) or Delivery(position=key[0], handler=key[1], attempts=0)
                delivery.done_at, delivery.error = now(), ""
                delivery.attempts += 1
                session.add(delivery)
        except ClearingHouseError as error:
            logs.tell(log, "handler-waits", handler=key[1], position=position, reason=error.code)
            self._failed(key, error)
            return False
        except Exception as error:
            logs.tell(log, "handler-failed", handler=key[1], position=position, error=error)
            self._failed(key, error)
            return False
        return True

    def _failed(self, key: tuple[int, str], error: Exception) -> None:
        with self._database.session() as session:
            delivery = session.get(Delivery, key) or Delivery(position=key[0], handler=key[1], attempts=0)
            delivery.attempts += 1
            delivery.error = f"{type(error).__name__}: {error}"
            delivery.retry_at = now() + min(timedelta(seconds=2**delivery.attempts), LONGEST_WAIT)
            session.add(delivery)


def name_of(handler: Handler[Platform]) -> str:
    """What a handler is called in the `deliveries` table."""
    return f"{handler.__module__}.{handler.__qualname__}"
