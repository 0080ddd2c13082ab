"""The event log: what happened, immutable, written in the transaction of the change it tells of.

Participation, recognition, notices and the strategy's indicators are queries on this log.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, cast, event, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from expert_db.database import Base, UTCDateTime, now

# Every kind of event, with the sentence that says when it is written. A kind that is not here is refused.
KINDS: dict[str, str] = {
    "joined": "A person asked to join the network.",
    "approved": "The secretariat let a person in.",
    "refused": "The secretariat did not let a person in.",
    "reconsidered": "The secretariat took back its decision on a person.",
    "described": "An expert changed what he knows, speaks or has room for.",
    "erased": "A member's personal data were erased; her events stay under another name.",
    "enrolled": "A learner enrolled in a course.",
    "opened": "A learner opened a lesson or an assignment on her own server.",
    "submitted": "A submission was stored durably and its receipt given.",
    "graded": "A submission has a grade, of the machine or of a person.",
    "feedback_read": "A learner read the feedback on a submission.",
    "released": "A version of a course was released.",
    "helped": "A thread that was there already answered a member before she asked.",
    "asked": "A member asked a question in the topic linked to a subject.",
    "answered": "A member wrote a post in a linked topic.",
    "solved": "A post was accepted as the answer of its topic.",
    "linked": "A subject and a forum topic were linked.",
    "needed": "A learner asked for a mentor on a subject.",
    "proposed": "A mentor was proposed to a learner, with the reasons.",
    "requested": "A learner accepted a proposal: its mentor is asked and keeps a place for her.",
    "matched": "A mentor accepted a learner.",
    "declined": "A mentor declined a learner, with the reason.",
    "withdrawn": "A learner did not take a proposal, or withdrew a request for a mentor.",
    "ended": "A mentorship ended.",
    "thanked": "A learner thanked the mentor of a mentorship that ended.",
    "forum_heard": "The forum's signed webhook was verified and stored.",
}


class Event(Base):
    """One thing that happened. `position` orders the log; `id` names the event to the outside.

    `actor` is a member's Hub user name, or `""` for the platform itself; `subject` is a subject path such as
    `course/e-waste/lesson/classify`, `mentorship/7` or `member/officer-ar`.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject_kind", "subject", "kind"),)

    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid4().hex)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    actor: Mapped[str] = mapped_column(String(128), index=True)
    subject: Mapped[str] = mapped_column(String(255))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Delivery(Base):
    """That a handler is done with an event, or how often it failed and why. None yet: still to come."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_done_at_retry_at", "done_at", "retry_at"),)

    position: Mapped[int] = mapped_column(ForeignKey("events.position"), primary_key=True)
    handler: Mapped[str] = mapped_column(String(128), primary_key=True)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(default="")


def _immutable(_mapper: Any, _connection: Any, happened: Event) -> None:
    raise RuntimeError(f"event {happened.id} has happened: it cannot be changed or deleted")


def _not_in_bulk(state: ORMExecuteState) -> None:
    changed = state.bind_mapper
    if (state.is_update or state.is_delete) and changed is not None and changed.class_ is Event:
        raise RuntimeError("events have happened: they cannot be changed or deleted")


event.listen(Event, "before_update", _immutable)
event.listen(Event, "before_delete", _immutable)
event.listen(Session, "do_orm_execute", _not_in_bulk)


def record(session: Session, kind: str, *, actor: str, subject: str, **data: Any) -> Event:
    """Append an event to the log, in the transaction of `session`; `data` must be JSON and hold no secret."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of event {kind!r}: add it to expert_db.events.KINDS")
    happened = Event(kind=kind, actor=actor, subject=subject, data=data)
    session.add(happened)
    session.flush()
    return happened


def pseudonymise(session: Session, name: str, pseudonym: str) -> None:
    """Put another name in place of an erased member's: the one change that the log allows, since the law asks for it.

    What happened, when and on which subject stays; the titles of her questions go.
    """
    quoted = f'%"{name}"%'
    hers = (Event.actor == name) | (Event.subject == f"member/{name}") | cast(Event.data, String).like(quoted)
    table = Event.__table__
    for happened in session.scalars(select(Event).where(hers)).all():
        known = {key: pseudonym if value == name else value for key, value in happened.data.items()}
        changed = {
            "actor": pseudonym if happened.actor == name else happened.actor,
            "subject": f"member/{pseudonym}" if happened.subject == f"member/{name}" else happened.subject,
            "data": {**known, "title": ""} if "title" in known else known,
        }
        session.execute(update(table).where(table.c.position == happened.position).values(changed))  # type: ignore[arg-type]
        session.expire(happened)


def history(
    session: Session, *, kind: str | None = None, actor: str | None = None, subject: str | None = None
) -> Iterator[Event]:
    """The log in order, narrowed by what is given; `subject` also takes all that lies under it."""
    query = select(Event).order_by(Event.position)
    if kind is not None:
        query = query.where(Event.kind == kind)
    if actor is not None:
        query = query.where(Event.actor == actor)
    if subject is not None:
        query = query.where((Event.subject == subject) | Event.subject.startswith(subject + "/", autoescape=True))
    yield from session.scalars(query)
