"""How far a learner is, from what happened."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.texts import N_
from courses.catalogue import Course, Item
from expert_db.events import Event, history, record


class State(StrEnum):
    """What a learner has done with an item, from nothing to all."""

    NEW = "new"
    OPENED = "opened"
    SUBMITTED = "submitted"
    GRADED = "graded"


# Which kind of event brings which state; the last in this order that happened counts.
STATES = {"opened": State.OPENED, "submitted": State.SUBMITTED, "graded": State.GRADED}
WORDS = {
    State.NEW: (N_("Not started"), "neutral"),
    State.OPENED: (N_("Opened"), "neutral"),
    State.SUBMITTED: (N_("Handed in"), "good"),
    State.GRADED: (N_("Graded"), "good"),
}
DONE = {"lesson": set(State) - {State.NEW}, "assignment": {State.SUBMITTED, State.GRADED}}


@dataclass(frozen=True)
class Progress:
    """A learner's state by item of a course."""

    course: Course
    states: dict[str, State]

    def done(self, item: Item) -> bool:
        """A lesson is done when it was opened, an assignment when it was handed in."""
        return self.states[item.id] in DONE[item.kind]

    @property
    def count(self) -> int:
        """How many items are done."""
        return sum(map(self.done, self.course.items))

    @property
    def next(self) -> Item | None:
        """The first item that is not done."""
        return next((item for item in self.course.items if not self.done(item)), None)


def of(session: Session, member: str, course: Course) -> Progress:
    """How far a member is in a course."""
    states = dict.fromkeys((course.subject_of(item) for item in course.items), State.NEW)
    order = list(State)
    for event in history(session, subject=course.subject):
        whose = event.data.get("member", event.actor) if event.kind == "graded" else event.actor
        reached = STATES.get(event.kind)
        if whose == member and reached and event.subject in states:
            states[event.subject] = max(states[event.subject], reached, key=order.index)
    return Progress(course, {item.id: states[course.subject_of(item)] for item in course.items})


def opened(session: Session, member: str, subject: str) -> None:
    """Note that a member opened an item; the first time is what counts."""
    seen = select(Event.position).where(Event.kind == "opened", Event.actor == member, Event.subject == subject)
    if session.scalar(seen.limit(1)) is None:
        record(session, "opened", actor=member, subject=subject)
