"""Tests of the figures of participation: each from a log that is written here."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from expert_db import participation
from expert_db.database import Database, now
from expert_db.events import Event
from expert_db.matching import Evidence

START = now() - timedelta(days=100)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def write(database: Database, *happened: tuple[float, str, str, str, dict[str, Any]]) -> None:
    """Events on given days: (day, kind, actor, subject, data)."""
    with database.session() as session:
        session.add_all(
            Event(at=day(at), kind=kind, actor=actor, subject=subject, data=data)
            for at, kind, actor, subject, data in happened
        )


def test_counts_are_of_a_member_or_a_subject(database: Database) -> None:
    """Who did how much of what, and what happened under a course."""
    write(
        database,
        (0, "enrolled", "a", "course/e-waste", {}),
        (1, "opened", "a", "course/e-waste/lesson/one", {}),
        (1, "opened", "b", "course/e-waste-2/lesson/one", {}),
    )
    with database.session() as session:
        assert participation.counts(session, actor="a") == {"enrolled": 1, "opened": 1}
        assert participation.counts(session, subject="course/e-waste") == {"enrolled": 1, "opened": 1}
        assert participation.by_member(session, "opened") == {"a": 1, "b": 1}


def test_evidence_is_by_concept_and_topic(database: Database) -> None:
    """Two posts in a topic are one question answered; an accepted answer is its author's, not the accepter's."""
    write(
        database,
        (1, "answered", "expert", "course/c", {"topic": 1, "concepts": ["e-waste", "lead"]}),
        (1, "answered", "expert", "course/c", {"topic": 1, "concepts": ["e-waste", "lead"]}),
        (1, "answered", "expert", "course/c", {"topic": 2, "concepts": ["e-waste"]}),
        (2, "solved", "learner", "course/c", {"topic": 2, "author": "expert", "concepts": ["e-waste"]}),
        (2, "answered", "expert", "course/c", {"topic": 99, "concepts": []}),
        (2, "solved", "learner", "course/c", {"topic": 3, "author": "", "concepts": ["e-waste"]}),
    )
    with database.session() as session:
        found = participation.evidence(session)
        assert found == {"expert": {"e-waste": Evidence(2, 1), "lead": Evidence(1, 0)}}
        assert participation.evidence(session, ["lead"]) == {"expert": {"lead": Evidence(1, 0)}}


def test_waits_are_from_the_need_to_the_match(database: Database) -> None:
    """The median, by any grouping; a need that waits still is not in it."""
    write(
        database,
        *((0, "needed", who, "course/c", {"need": n, "languages": [lang]}) for n, who, lang in (
            (1, "a", "ar"), (2, "b", "ar"), (3, "c", "fr"), (4, "d", "fr"),
        )),
        *((at, "matched", "m", f"mentorship/{n}", {"need": n}) for n, at in ((1, 2), (2, 6), (3, 1))),
    )  # fmt: skip
    with database.session() as session:
        waits = participation.waits(session)
        assert participation.median_days([span for *_, span in waits]) == pytest.approx(2)
        by_language = participation.grouped_waits(session, lambda _learner, language: language)
        assert by_language == {"ar": pytest.approx(4), "fr": pytest.approx(1)}


def test_no_data_is_no_figure(database: Database) -> None:
    """Nobody is told that an answer takes zero days when there were none."""
    with database.session() as session:
        assert participation.waits(session) == []
        assert participation.mentorship_days(session) is None
    assert participation.median_days([]) is None


def test_how_long_mentorships_last_is_from_match_to_end(database: Database) -> None:
    """Those still going on do not count."""
    write(
        database,
        (0, "matched", "m", "mentorship/1", {"need": 1}),
        (0, "matched", "m", "mentorship/2", {"need": 2}),
        (30, "ended", "m", "mentorship/1", {"need": 1}),
    )
    with database.session() as session:
        assert participation.mentorship_days(session) == pytest.approx(30)


def test_unanswered_are_questions_in_my_field_that_nobody_else_wrote_in(database: Database) -> None:
    """The asker's own second post is no answer; another field's question is not mine."""
    asked = {"title": "Waiting", "language": "ar"}
    write(
        database,
        *((0, "asked", "a", "course/c", {**asked, "outbox": n, "concepts": ["e-waste"]}) for n in (1, 2, 4, 5)),
        (0, "asked", "a", "course/c", {**asked, "outbox": 3, "concepts": ["pesticide"]}),
        *((0, "linked", "a", "course/c", {"outbox": n, "topic": 100 + n}) for n in (1, 2, 3, 4)),
        (1, "answered", "a", "course/c", {"topic": 101, "asked": 1}),
        (1, "answered", "b", "course/c", {"topic": 102, "asked": 2}),
        (1, "solved", "a", "course/c", {"topic": 104, "asked": 4, "author": "b"}),
        (1, "answered", "b", "course/c", {"topic": 200, "asked": None}),
    )
    with database.session() as session:
        waiting = participation.unanswered(session, ["e-waste"])
        assert waiting == [participation.Question(101, "Waiting", "ar", day(0))]
