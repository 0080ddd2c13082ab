"""Grades as they were given, one after another: by the machine, then by persons. The last one counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from courses.exchange.submissions import State, Submission
from courses.grading.grade import Grade
from expert_db.database import Base, UTCDateTime, now
from expert_db.events import record


class Graded(Base):
    """One grade of one submission. `by` is who gave it, or `""` for the machine; `questions` is a `Grade` as JSON."""

    __tablename__ = "grades"

    position: Mapped[int] = mapped_column(primary_key=True)
    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by: Mapped[str] = mapped_column(String(128), default="")
    score: Mapped[float]
    maximum: Mapped[float]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    @property
    def grade(self) -> Grade:
        return Grade.from_json(self.questions)

    def shown(self) -> dict[str, Any]:
        """The grade as the API tells it."""
        return {
            "score": self.score,
            "maximum": self.maximum,
            "at": self.at.isoformat(),
            "partial": self.grade.needs_person,
            "questions": self.questions,
        }


def of(session: Session, submission: str) -> Graded | None:
    """The grade of a submission that counts, or None as long as there is none."""
    query = select(Graded).where(Graded.submission == submission).order_by(Graded.position.desc())
    return session.scalar(query.limit(1))


def latest(session: Session, submissions: list[str]) -> dict[str, Graded]:
    """The grade that counts of each of these submissions that has one."""
    query = select(Graded).where(Graded.submission.in_(submissions)).order_by(Graded.position)
    return {graded.submission: graded for graded in session.scalars(query)}


def give(session: Session, submission: Submission, grade: Grade, *, by: str = "") -> Graded:
    """Write a grade, the state it puts the submission in, and the event, in one transaction."""
    graded = Graded(
        submission=submission.id, by=by, score=grade.score, maximum=grade.maximum, questions=grade.as_json()
    )
    session.add(graded)
    submission.state = State.NEEDS_PERSON if grade.needs_person else State.GRADED
    submission.retry_at = None
    record(
        session,
        "graded",
        actor=by,
        subject=submission.subject,
        submission=submission.id,
        member=submission.member,
        attempt=submission.attempt,
        score=grade.score,
        maximum=grade.maximum,
        partial=grade.needs_person,
    )
    return graded
