"""Who may read and write in which topic: one table from the kind of subject to its rule."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.events import Event
from expert_db.members import Member, Role
from forum_bridge.links import Link, root_of

GENERAL = "forum"
SUBJECT = re.compile(r"forum|course/[\w.-]{1,64}(/(lesson|assignment)/[\w.-]{1,64})?|mentorship/\d{1,9}")
# Experts answer, centres wrote the courses, the Secretariat looks after all.
EVERY_COURSE = {Role.EXPERT, Role.CENTRE, Role.SECRETARIAT}


def _everyone(_session: Session, _member: Member, _subject: str) -> bool:
    return True


def _course(session: Session, member: Member, subject: str) -> bool:
    if member.role in EVERY_COURSE:
        return True
    enrolled = select(Event.position).where(
        Event.kind == "enrolled", Event.actor == member.name, Event.subject == root_of(subject)
    )
    return session.scalar(enrolled.limit(1)) is not None


def _pair(session: Session, member: Member, subject: str) -> bool:
    row = session.get(Link, root_of(subject))
    return member.role == Role.SECRETARIAT or (row is not None and member.name in row.people)


RULES: dict[str, Callable[[Session, Member, str], bool]] = {
    "forum": _everyone,
    "course": _course,
    "mentorship": _pair,
}


def may_read(session: Session, member: Member | None, subject: str) -> bool:
    """Whether a member may read and write in the topics of a subject; nobody who is not signed in may.

    Topics that belong to nothing of the platform are the Secretariat's alone.
    """
    if member is None:
        return False
    rule = RULES.get(subject.split("/", maxsplit=1)[0])
    return rule(session, member, subject) if rule else member.role == Role.SECRETARIAT


class Reader:
    """What one member may read, each course or mentorship asked for once."""

    def __init__(self, session: Session, member: Member | None) -> None:
        self._session, self._member = session, member
        self._known: dict[str, bool] = {}

    def __call__(self, subject: str) -> bool:
        root = root_of(subject)
        if root not in self._known:
            self._known[root] = may_read(self._session, self._member, root)
        return self._known[root]


def asked_about(session: Session, member: Member, subject: str) -> str:
    """The subject, if it is one to ask about and she may; refused with `subject-unknown` or `not-enrolled`."""
    released = select(Event.position).where(Event.kind == "released", Event.subject == root_of(subject)).limit(1)
    course = subject.startswith("course/")
    if not SUBJECT.fullmatch(subject) or (course and session.scalar(released) is None):
        raise ClearingHouseError(
            "subject-unknown", N_("There is nothing called {subject} to ask about."), status=404, subject=subject
        )
    if not may_read(session, member, subject):
        raise ClearingHouseError(
            "not-enrolled", N_("Enrol in the course first, then read and ask here."), status=403, subject=subject
        )
    return subject


def thread_unknown(**values: Any) -> ClearingHouseError:
    """The same for a thread that is not there and one that she may not read."""
    return ClearingHouseError(
        "thread-unknown",
        N_("There is no such thread, or it is for other people. Enrol in its course to read it."),
        status=404,
        **values,
    )
