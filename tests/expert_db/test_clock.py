"""What is due because time has passed is done without anything happening."""

import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from expert_db.clock import Clock
from expert_db.database import Database, now
from expert_db.mentorships import of
from expert_db.needs import Need, need
from tests.expert_db.people import EWASTE, expert, named, person, settle
from tests.waiting import until


def resting(database: Database, rest: timedelta) -> None:
    """A learner who wants a mentor, is not to be asked for a while, and could have one."""
    settle(database, person("learner"), expert("mentor"))
    with database.session() as session:
        asked = need(session, named(session, "learner"), "course/e-waste", "Is it waste?", concepts=[EWASTE])
        asked.rests_until = now() + rest


def proposed(database: Database) -> list[str]:
    with database.session() as session:
        return [mentorship.mentor.name for mentorship in of(session, named(session, "learner"))]


def test_a_rest_that_ends_is_followed_by_a_proposal(database: Database) -> None:
    """While she rests each round passes her by; when the rest is over she is proposed a mentor, and once."""
    resting(database, timedelta(hours=1))
    clock = Clock(database, every=0.05)
    assert clock.tick() == 0
    with database.session() as session:
        session.scalars(select(Need)).one().rests_until = now()
    clock.start()
    try:
        until(lambda: proposed(database))
    finally:
        clock.stop()
    assert proposed(database) == ["mentor"]
    assert clock.tick() == 0


def test_a_round_that_fails_is_not_the_last(tmp_path: Path, database: Database) -> None:
    """A database that does not answer for a moment does not end the worker."""
    resting(database, timedelta(0))
    file, away = tmp_path / "platform.sqlite", tmp_path / "away"
    database.engine.dispose()
    file.rename(away)
    file.mkdir()
    clock = Clock(database, every=0.05)
    clock.start()
    try:
        time.sleep(0.3)
        file.rmdir()
        away.rename(file)
        until(lambda: proposed(database))
    finally:
        clock.stop()


def test_a_stopped_clock_does_nothing_more(database: Database) -> None:
    """After `stop` no round is begun, so that the database can be closed."""
    clock = Clock(database, every=0.05)
    clock.start()
    clock.stop()
    resting(database, timedelta(0))
    time.sleep(0.2)
    with database.session() as session:
        assert session.scalars(select(Need.state)).all() == ["open"]
