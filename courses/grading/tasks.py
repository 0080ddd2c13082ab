"""A learner's tasks: how far each is, what is unread, what is due. All of it from what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.texts import N_
from courses.exchange import submissions
from courses.exchange.shelf import Item, Shelf
from courses.exchange.submissions import State, Submission
from courses.grading import grades
from courses.grading.grades import Graded
from expert_db.database import now
from expert_db.events import Event, record

SOON = timedelta(days=7)
# The word, the tone of its badge.
WORDS: dict[str, tuple[str, str]] = {
    "new": (N_("Not started"), "neutral"),
    "opened": (N_("Opened"), "neutral"),
    "waiting": (N_("Handed in"), "good"),
    "needs-person": (N_("A person is reading it"), "neutral"),
    "failed": (N_("Could not be graded yet"), "bad"),
    "unread": (N_("Feedback to read"), "needs"),
    "graded": (N_("Graded"), "good"),
}


@dataclass(frozen=True)
class Task:
    """An assignment of a learner, its latest attempt and that attempt's grade."""

    item: Item
    state: str
    submission: Submission | None = None
    graded: Graded | None = None

    @property
    def word(self) -> tuple[str, str]:
        return WORDS[self.state]

    @property
    def to_do(self) -> bool:
        """Whether it still has to be handed in."""
        return self.submission is None

    def pressing(self, moment: datetime) -> bool:
        """Whether it should be handed in within a week, or should have been."""
        return self.to_do and self.item.due is not None and self.item.due < moment + SOON

    def late(self, moment: datetime) -> bool:
        return self.to_do and self.item.due is not None and self.item.due < moment


def of_item(session: Session, member: str, item: Item) -> Task:
    """How far a member is with one assignment."""
    mine = submissions.of(session, member, item.course, item.id)
    if not mine:
        return Task(item, "opened" if _happened(session, "opened", member, item.subject) else "new")
    latest = mine[0]
    graded = grades.of(session, latest.id)
    unread = graded is not None and latest.state == State.GRADED and not _read(session, member, graded)
    return Task(item, "unread" if unread else str(State(latest.state)), latest, graded)


def of_member(session: Session, member: str, shelf: Shelf) -> list[Task]:
    """All assignments of the courses that a member takes; what is due first comes first."""
    query = select(Event.subject).where(Event.kind == "enrolled", Event.actor == member)
    taken = {subject.removeprefix("course/") for subject in session.scalars(query)}
    items = [item for course in shelf.courses() if course in taken for item in shelf.items(course)]
    found = [of_item(session, member, item) for item in items if item.kind == "assignment"]
    return sorted(found, key=lambda task: (task.item.due is None, task.item.due or now()))


def read(session: Session, member: str, submission: Submission, graded: Graded) -> None:
    """Note, once for each grade, that she has read the feedback."""
    if not _read(session, member, graded):
        record(
            session,
            "feedback_read",
            actor=member,
            subject=submission.subject,
            submission=submission.id,
            grade=graded.position,
        )


def new_key() -> str:
    """A key for one form, so that a double click hands in once."""
    return uuid4().hex


def _read(session: Session, member: str, graded: Graded) -> bool:
    query = select(Event.data).where(Event.kind == "feedback_read", Event.actor == member)
    return any(data.get("grade") == graded.position for data in session.scalars(query))


def _happened(session: Session, kind: str, member: str, subject: str) -> bool:
    query = select(Event.position).where(Event.kind == kind, Event.actor == member, Event.subject == subject)
    return session.scalar(query.limit(1)) is not None
