"""Tests of the event log: appended with the change it tells of, and never changed."""

import pytest
from sqlalchemy import delete, update

from expert_db.database import Database, now
from expert_db.events import Event, history, record
from expert_db.members import Member
from tests.expert_db.people import named, person, settle


def test_an_event_keeps_who_what_when_and_its_data(database: Database) -> None:
    """What is recorded is read back, with an id for the outside and an aware time."""
    before = now()
    with database.session() as session:
        record(session, "enrolled", actor="officer", subject="course/e-waste", language="ar")
    with database.session() as session:
        (event,) = history(session)
        assert (event.kind, event.actor, event.subject) == ("enrolled", "officer", "course/e-waste")
        assert event.data == {"language": "ar"}
        assert before <= event.at <= now()
        assert len(event.id) == 32


def test_an_unknown_kind_is_refused(database: Database) -> None:
    """A misspelt kind cannot get into the log."""
    with pytest.raises(ValueError, match="enroled"), database.session() as session:
        record(session, "enroled", actor="officer", subject="course/e-waste")


def test_an_event_and_its_change_stand_or_fall_together(database: Database) -> None:
    """When the change is rolled back, nothing is said to have happened."""
    settle(database, person("officer"))
    with pytest.raises(RuntimeError), database.session() as session:
        named(session, "officer").organisation = "Elsewhere"
        record(session, "described", actor="officer", subject="member/officer")
        raise RuntimeError
    with database.session() as session:
        assert list(history(session)) == []
        assert named(session, "officer").organisation != "Elsewhere"


def test_what_happened_cannot_be_changed_or_deleted(database: Database) -> None:
    """Not one event by one, and not in bulk."""
    with database.session() as session:
        record(session, "joined", actor="officer", subject="member/officer")

    def alter(event: Event) -> None:
        event.actor = "another"

    for change in (
        lambda session: alter(next(history(session))),
        lambda session: session.delete(next(history(session))),
        lambda session: session.execute(update(Event).values(actor="another")),
        lambda session: session.execute(delete(Event)),
    ):
        with pytest.raises(RuntimeError, match="happened"), database.session() as session:
            change(session)
    with database.session() as session:
        assert [event.actor for event in history(session)] == ["officer"]


def test_other_tables_can_be_changed_in_bulk(database: Database) -> None:
    """Only the log is immutable."""
    settle(database, person("officer"))
    with database.session() as session:
        session.execute(update(Member).values(country="KE"))
    with database.session() as session:
        assert named(session, "officer").country == "KE"


def test_history_is_in_order_and_narrowed_by_what_is_given(database: Database) -> None:
    """A subject takes what lies under it, and not what only begins alike."""
    with database.session() as session:
        for kind, actor, subject in (
            ("enrolled", "a", "course/e-waste"),
            ("opened", "a", "course/e-waste/lesson/classify"),
            ("enrolled", "b", "course/e-waste-2"),
            ("opened", "b", "course/e_waste/lesson/one"),
        ):
            record(session, kind, actor=actor, subject=subject)
    with database.session() as session:
        assert [event.kind for event in history(session, subject="course/e-waste")] == ["enrolled", "opened"]
        assert [event.subject for event in history(session, kind="enrolled", actor="b")] == ["course/e-waste-2"]
        assert [event.position for event in history(session)] == [1, 2, 3, 4]
