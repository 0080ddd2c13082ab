"""Submissions: what was handed in and what became of it."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses.exchange.receipts import Receipt
from expert_db.database import Base, UTCDateTime
from expert_db.events import Event


class State(StrEnum):
    """How far the grading of a submission is."""

    WAITING = "waiting"
    GRADED = "graded"
    NEEDS_PERSON = "needs-person"
    FAILED = "failed"


class Submission(Base):
    """One file handed in. A row is there only when the whole file is on disk; files without a row are swept away."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("member", "course", "item", "attempt", name="uq_submissions_attempt"),
        UniqueConstraint("member", "course", "item", "idempotency_key", name="uq_submissions_idempotency_key"),
        Index("ix_submissions_state_at", "state", "at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    member: Mapped[str] = mapped_column(String(128), index=True)
    course: Mapped[str] = mapped_column(String(100))
    item: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(2))
    attempt: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(String(128))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[State] = mapped_column(String(16), default=State.WAITING)
    # How often the machine, not the learner, failed to grade it, and when it is tried next.
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def subject(self) -> str:
        return f"course/{self.course}/assignment/{self.item}"

    @property
    def receipt(self) -> Receipt:
        """What its receipt says; the same however often it is asked for."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return Receipt(
            self.id, self.member, self.course, self.item, self.version, self.attempt, self.sha256, self.size, at
        )


def find(session: Session, number: str) -> Submission:
    """The submission of that number; refused with `submission-unknown` if there is none."""
    found = session.get(Submission, number)
    if found is None:
        raise _unknown(number)
    return found


def find_own(session: Session, number: str, member: str) -> Submission:
    """The same, for the one who handed it in; to everyone else it is as if it were not there."""
    found = find(session, number)
    if found.member != member:
        raise _unknown(number)
    return found


def due(session: Session, moment: datetime) -> list[Submission]:
    """The submissions that wait for a grade, the oldest first."""
    query = select(Submission).where(
        Submission.state == State.WAITING, Submission.retry_at.is_(None) | (Submission.retry_at <= moment)
    )
    return list(session.scalars(query.order_by(Submission.at)))


def _unknown(number: str) -> ClearingHouseError:
    return ClearingHouseError(
        "submission-unknown", N_("There is no submission with the number {number}."), status=404, number=number
    )


def of(session: Session, member: str, course: str | None = None, item: str | None = None) -> list[Submission]:
    """What a member handed in, the latest first; of one course or item if named."""
    query = select(Submission).where(Submission.member == member).order_by(Submission.at.desc())
    if course is not None:
        query = query.where(Submission.course == course)
    if item is not None:
        query = query.where(Submission.item == item)
    return list(session.scalars(query))


def enrolled(session: Session, member: str, course: str) -> bool:
    """Whether the log has it that the member enrolled in the course."""
    query = select(Event.position).where(
        Event.kind == "enrolled", Event.actor == member, Event.subject == f"course/{course}"
    )
    return session.scalar(query.limit(1)) is not None
