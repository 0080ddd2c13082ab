"""Tests of the delivery of events: in order, at least once, and what a failing or killed handler leaves behind."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from expert_db.database import Database, now
from expert_db.dispatch import Dispatcher, name_of
from expert_db.events import Delivery, Event, record
from tests.expert_db.people import named, person, settle
from tests.waiting import until

Heard = list[tuple[str, int]]


def hear(platform: Heard, session: Session, event: Event) -> None:  # noqa: ARG001
    platform.append(("hear", event.position))


def listen(platform: Heard, session: Session, event: Event) -> None:  # noqa: ARG001
    platform.append(("listen", event.position))


def fail_first(platform: Heard, session: Session, event: Event) -> None:
    """Changes a member, acts outside, and raises the first time it is given an event."""
    named(session, "officer").organisation = f"heard {event.position}"
    session.flush()
    platform.append(("fail", event.position))
    if platform.count(("fail", event.position)) == 1:
        raise ConnectionError("the forum is away")


def happen(database: Database, *kinds: str) -> None:
    with database.session() as session:
        for kind in kinds:
            record(session, kind, actor="officer", subject="member/officer")


def delivery(database: Database, position: int, handler: Callable[..., Any]) -> Delivery | None:
    with database.session() as session:
        return session.get(Delivery, (position, name_of(handler)))


def retry_now(database: Database) -> None:
    """The time to try again has come for whatever failed."""
    with database.session() as session:
        for failed in session.query(Delivery).filter(Delivery.done_at.is_(None)):
            failed.retry_at = now() - timedelta(seconds=1)


def test_each_handler_gets_each_event_of_its_kinds_once_and_in_order(database: Database) -> None:
    """The log's order holds across kinds and handlers; what is done is not done again, in a new process either."""
    heard: Heard = []
    flows = {"joined": [hear, listen], "approved": [hear]}
    happen(database, "joined", "approved", "enrolled", "joined")
    assert Dispatcher(database, flows, heard).deliver() == 5
    assert heard == [("hear", 1), ("listen", 1), ("hear", 2), ("hear", 4), ("listen", 4)]
    assert Dispatcher(database, flows, heard).deliver() == 0


def test_a_handler_that_raises_is_tried_again_and_stops_nobody(database: Database) -> None:
    """Its changes are rolled back, its error kept, the others go on, and it is done in the end."""
    settle(database, person("officer", organisation="Ministry"))
    heard: Heard = []
    happen(database, "joined")
    dispatcher = Dispatcher(database, {"joined": [fail_first, hear]}, heard)
    assert dispatcher.deliver() == 1
    assert heard == [("fail", 1), ("hear", 1)]
    with database.session() as session:
        assert named(session, "officer").organisation == "Ministry"
    failed = delivery(database, 1, fail_first)
    assert failed is not None
    assert (failed.attempts, failed.done_at) == (1, None)
    assert failed.error == "ConnectionError: the forum is away"
    assert failed.retry_at is not None
    assert failed.retry_at > now()
    assert dispatcher.deliver() == 0, "it waits before it tries again"
    retry_now(database)
    assert dispatcher.deliver() == 1
    done = delivery(database, 1, fail_first)
    assert done is not None
    assert (done.attempts, done.error) == (2, "")
    with database.session() as session:
        assert named(session, "officer").organisation == "heard 1"


def test_the_log_tells_what_is_known_in_a_line_and_anything_else_with_its_traceback(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that has a code waits for its time; one that nobody thought of is to be looked at."""
    known = ClearingHouseError("course-unknown", "There is no course yet.")
    for error in (known, KeyError("title")):

        def broken(_platform: Heard, _session: Session, _event: Event, error: Exception = error) -> None:
            raise error

        happen(database, "joined")
        Dispatcher(database, {"joined": [broken]}, []).deliver()
        retry_now(database)
    told = [(vars(each)["event"], vars(each).get("reason"), bool(each.exc_info)) for each in caplog.records]
    assert told == [
        ("handler-waits", "course-unknown", False),
        ("handler-failed", None, True),
        ("handler-failed", None, True),
    ]


def test_it_waits_longer_after_each_failure_but_never_more_than_an_hour(database: Database) -> None:
    """A forum that is down for a day is not asked every second, nor forgotten."""

    def always(platform: Heard, session: Session, event: Event) -> None:  # noqa: ARG001
        raise ConnectionError

    happen(database, "joined")
    dispatcher: Dispatcher[Heard] = Dispatcher(database, {"joined": [always]}, [])
    waits = []
    for _ in range(14):
        before = now()
        dispatcher.deliver()
        failed = delivery(database, 1, always)
        assert failed is not None
        assert failed.retry_at is not None
        waits.append((failed.retry_at - before).total_seconds())
        retry_now(database)
    assert waits[1] > waits[0]
    assert waits[-1] < 3601


def test_killed_between_the_effect_and_the_note_it_comes_again(database: Database) -> None:
    """A process that dies after acting outside leaves no note, so the next one delivers the event again."""

    class Killed(BaseException):
        """What no handler and no dispatcher catches, as a kill."""

    def dies(platform: Heard, session: Session, event: Event) -> None:
        hear(platform, session, event)
        if len(platform) == 1:
            raise Killed

    heard: Heard = []
    happen(database, "joined")
    try:
        Dispatcher(database, {"joined": [dies]}, heard).deliver()
    except Killed:
        assert delivery(database, 1, dies) is None
    assert Dispatcher(database, {"joined": [dies]}, heard).deliver() == 1
    assert heard == [("hear", 1), ("hear", 1)]


def test_an_event_written_by_a_handler_is_delivered_too(database: Database) -> None:
    """A reaction can itself be something that happened."""

    def react(platform: Heard, session: Session, event: Event) -> None:  # noqa: ARG001
        record(session, "approved", actor="", subject=event.subject)

    heard: Heard = []
    happen(database, "joined")
    dispatcher = Dispatcher(database, {"joined": [react], "approved": [hear]}, heard)
    assert [dispatcher.deliver(), dispatcher.deliver(), dispatcher.deliver()] == [1, 1, 0]
    assert heard == [("hear", 2)]


def test_started_it_delivers_what_happens_and_stops_when_told(database: Database) -> None:
    """The thread of the platform hears of an event within a moment; stopping one that never ran is no error."""
    heard: Heard = []
    Dispatcher(database, {"joined": [hear]}, heard).stop()
    dispatcher = Dispatcher(database, {"joined": [hear]}, heard)
    dispatcher.start()
    happen(database, "joined")
    until(lambda: heard)
    dispatcher.stop()
    happen(database, "joined")
    time.sleep(0.3)
    assert heard == [("hear", 1)]


def test_the_thread_outlives_a_database_that_is_away(database: Database) -> None:
    """Tables that are missing for a moment do not end the delivery for good."""
    Event.metadata.drop_all(database.engine)
    heard: Heard = []
    dispatcher = Dispatcher(database, {"joined": [hear]}, heard)
    dispatcher.start()
    time.sleep(0.3)
    Event.metadata.create_all(database.engine)
    happen(database, "joined")
    until(lambda: heard)
    dispatcher.stop()
    assert heard == [("hear", 1)]
