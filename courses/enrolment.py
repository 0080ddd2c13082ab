"""Enrolments: who takes which course."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from expert_db.database import Base, UTCDateTime, now
from expert_db.events import record


class Enrolment(Base):
    """That a member takes a course, since when."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("member", "course"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(ForeignKey("members.name", onupdate="CASCADE", ondelete="CASCADE"))
    course: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


def find(session: Session, member: str, course: str) -> Enrolment | None:
    """A member's enrolment in a course, if she takes it."""
    return session.scalar(select(Enrolment).where(Enrolment.member == member, Enrolment.course == course))


def of(session: Session, member: str) -> list[Enrolment]:
    """What a member takes, the latest first."""
    return list(session.scalars(select(Enrolment).where(Enrolment.member == member).order_by(Enrolment.at.desc())))


def enrol(session: Session, member: str, course: str) -> Enrolment:
    """Enrol a member in a course; once is enough, and is told of once."""
    if found := find(session, member, course):
        return found
    made = Enrolment(member=member, course=course)
    session.add(made)
    record(session, "enrolled", actor=member, subject=f"course/{course}")
    return made
