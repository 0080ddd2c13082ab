"""What learners need a mentor for."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from expert_db.database import Base, UTCDateTime, now
from expert_db.events import record
from expert_db.matching import Wanted
from expert_db.members import Member


class NeedState(StrEnum):
    """Open: nobody is proposed. Proposed: a mentor is proposed or asked. Matched: one accepted. Withdrawn: by her."""

    OPEN = "open"
    PROPOSED = "proposed"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"


LOOKING = (NeedState.OPEN, NeedState.PROPOSED)


class Need(Base):
    """One learner's wish for a mentor on a subject.

    `topic` is the forum topic of her question, if she asked one; until `rests_until` nobody is proposed, since she
    chose to wait.
    """

    __tablename__ = "needs"
    __table_args__ = (Index("ix_needs_learner_id_subject", "learner_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    subject: Mapped[str] = mapped_column(String(255))
    question: Mapped[str] = mapped_column(String(500))
    topic: Mapped[int | None] = mapped_column()
    concepts: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[NeedState] = mapped_column(String(16), default=NeedState.OPEN, index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    rests_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    learner: Mapped[Member] = relationship(lazy="joined")

    @property
    def wanted(self) -> Wanted:
        """What the matching goes by."""
        return Wanted(self.learner_id, self.learner.country, tuple(self.concepts), tuple(self.languages))


def need(
    session: Session,
    learner: Member,
    subject: str,
    question: str,
    *,
    concepts: Sequence[str] = (),
    language: str = "",
    topic: int | None = None,
) -> Need:
    """Note that a learner needs a mentor; one who is still looking on that subject keeps the need she has."""
    looking = select(Need).where(Need.learner == learner, Need.subject == subject, Need.state.in_(LOOKING))
    if (known := session.scalar(looking)) is not None:
        return known
    languages = list(dict.fromkeys([*([language] if language else []), *learner.speaks]))
    made = Need(
        learner=learner,
        subject=subject,
        question=question[:500],
        topic=topic,
        concepts=list(dict.fromkeys(concepts)),
        languages=languages,
    )
    session.add(made)
    session.flush()
    record(
        session,
        "needed",
        actor=learner.name,
        subject=subject,
        need=made.id,
        concepts=made.concepts,
        languages=languages,
    )
    return made


def looking(session: Session, learner: Member) -> list[Need]:
    """A learner's needs that have no mentor yet, the latest first."""
    query = select(Need).where(Need.learner == learner, Need.state.in_(LOOKING)).order_by(Need.id.desc())
    return list(session.scalars(query))
