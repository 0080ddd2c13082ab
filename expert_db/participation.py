"""Who took part and how long people waited: queries on the event log."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expert_db.events import Event
from expert_db.matching import Evidence

Row = tuple[str, str, str, datetime, dict[str, Any]]


def counts(session: Session, *, actor: str | None = None, subject: str | None = None) -> Counter[str]:
    """How many events of each kind there are: of all, of one member, or of a subject and all that lies under it."""
    query = select(Event.kind, func.count()).group_by(Event.kind)
    if actor is not None:
        query = query.where(Event.actor == actor)
    if subject is not None:
        query = query.where((Event.subject == subject) | Event.subject.startswith(subject + "/", autoescape=True))
    return Counter(dict(session.execute(query).all()))


def by_member(session: Session, kind: str) -> Counter[str]:
    """How many events of a kind each member has; `most_common` gives the most active."""
    query = select(Event.actor, func.count()).where(Event.kind == kind, Event.actor != "").group_by(Event.actor)
    return Counter(dict(session.execute(query).all()))


def evidence(session: Session, concepts: Collection[str] = ()) -> dict[str, dict[str, Evidence]]:
    """By member and concept, the topics he answered in and his answers that were accepted; of `concepts` or of all.

    The author of an accepted answer is the event's `author`, since it is another person who accepts it.
    """
    answered: dict[tuple[str, str], set[int]] = defaultdict(set)
    accepted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, actor, _subject, _at, data in _rows(session, "answered", "solved"):
        who = data.get("author", "") if kind == "solved" else actor
        for concept in data.get("concepts", []):
            if who and (not concepts or concept in concepts):
                (accepted if kind == "solved" else answered)[who, concept].add(data["topic"])
    found: dict[str, dict[str, Evidence]] = defaultdict(dict)
    for who, concept in {*answered, *accepted}:
        key = (who, concept)
        found[who][concept] = Evidence(len(answered[key] | accepted[key]), len(accepted[key]))
    return dict(found)


def waits(session: Session) -> list[tuple[str, str, timedelta]]:
    """For each learner who was matched: who, the language she preferred, and from her need to the mentor's yes."""
    asked: dict[int, tuple[str, str, datetime]] = {}
    found = []
    for kind, actor, _subject, at, data in _rows(session, "needed", "matched"):
        if kind == "needed":
            asked[data["need"]] = (actor, next(iter(data["languages"]), ""), at)
        elif data["need"] in asked:
            learner, language, since = asked[data["need"]]
            found.append((learner, language, at - since))
    return found


def median_days(spans: Sequence[timedelta]) -> float | None:
    """The median in days; `None` of nothing, since no data is not a wait of zero."""
    return median(span / timedelta(days=1) for span in spans) if spans else None


def grouped_waits(session: Session, group: Callable[[str, str], str]) -> dict[str, float]:
    """The median wait in days by `group(learner, language)`."""
    spans: dict[str, list[timedelta]] = defaultdict(list)
    for learner, language, span in waits(session):
        spans[group(learner, language)].append(span)
    return {key: days for key, values in sorted(spans.items()) if (days := median_days(values)) is not None}


def mentorship_days(session: Session) -> float | None:
    """The median number of days from a match to its end, of the mentorships that ended."""
    began: dict[str, datetime] = {}
    spans = []
    for kind, _actor, subject, at, _data in _rows(session, "matched", "ended"):
        if kind == "matched":
            began[subject] = at
        elif subject in began:
            spans.append(at - began[subject])
    return median_days(spans)


@dataclass(frozen=True)
class Question:
    """A question of the log and its topic on the forum."""

    topic: int
    title: str
    language: str
    at: datetime


def unanswered(session: Session, concepts: Collection[str]) -> list[Question]:
    """Questions on one of `concepts` that nobody but their author wrote in, the oldest first.

    A question is asked (`asked`), then gets its topic (`linked`), both with the same `outbox`, which answers name as
    `asked`.
    """
    askers: dict[int, str] = {}
    found: dict[int, Question] = {}
    waiting: dict[int, Row] = {}
    for row in _rows(session, "asked", "linked", "answered", "solved"):
        kind, actor, _subject, _at, data = row
        if kind == "asked" and set(data.get("concepts", [])) & set(concepts):
            askers[data["outbox"]], waiting[data["outbox"]] = actor, row
        elif kind == "linked" and data["outbox"] in waiting:
            *_, asked_at, asked = waiting.pop(data["outbox"])
            found[data["outbox"]] = Question(data["topic"], asked["title"], asked["language"], asked_at)
        elif kind == "solved" or (kind == "answered" and actor != askers.get(data.get("asked", 0))):
            found.pop(data.get("asked", 0), None)
    return list(found.values())


def _rows(session: Session, *kinds: str) -> Iterator[Row]:
    query = select(Event.kind, Event.actor, Event.subject, Event.at, Event.data).where(Event.kind.in_(kinds))
    yield from session.execute(query.order_by(Event.position))
