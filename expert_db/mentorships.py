"""Mentorships as they are kept; how one goes from a proposal to its end is in `expert_db.steps`."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import Base, UTCDateTime, lock, now
from expert_db.events import record
from expert_db.matching import Load, Reason
from expert_db.members import Member
from expert_db.needs import Need


class State(StrEnum):
    """Where a mentorship is in the sequence above."""

    PROPOSED = "proposed"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


HELD = (State.REQUESTED, State.ACCEPTED)
PENDING = (State.PROPOSED, State.REQUESTED)


class Mentorship(Base):
    """One mentor proposed to one learner for one need.

    `reasons` are why he fits; `reason` is why it was declined or withdrawn, and `note` the mentor's words.
    """

    __tablename__ = "mentorships"
    __table_args__ = (
        Index(
            "ix_mentorships_one_live",
            "need_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'requested', 'accepted')"),
            postgresql_where=text("state IN ('proposed', 'requested', 'accepted')"),
        ),
        Index("ix_mentorships_mentor_id_state", "mentor_id", "state"),
        Index("ix_mentorships_learner_id_state", "learner_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    state: Mapped[State] = mapped_column(String(16), default=State.PROPOSED)
    score: Mapped[float] = mapped_column(default=0.0)
    reasons: Mapped[list[Reason]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    requested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    need: Mapped[Need] = relationship(lazy="joined")
    mentor: Mapped[Member] = relationship(foreign_keys=mentor_id, lazy="joined")
    learner: Mapped[Member] = relationship(foreign_keys=learner_id, lazy="joined")

    @property
    def subject(self) -> str:
        """Its subject path in the event log and the forum."""
        return f"mentorship/{self.id}"


def loads(session: Session) -> dict[int, Load]:
    """By member id: places held and proposals made."""
    live = select(Mentorship.mentor_id, Mentorship.state, func.count()).group_by(Mentorship.mentor_id, Mentorship.state)
    found: dict[int, Load] = {}
    for mentor, state, n in session.execute(live.where(Mentorship.state.in_((*HELD, State.PROPOSED)))):
        load = found.get(mentor, Load())
        found[mentor] = Load(load.held + n * (state in HELD), load.offered + n * (state == State.PROPOSED))
    return found


def of(session: Session, member: Member, *states: State) -> Sequence[Mentorship]:
    """A member's mentorships on either side, the latest first."""
    mine = (Mentorship.mentor_id == member.id) | (Mentorship.learner_id == member.id)
    query = select(Mentorship).where(mine).order_by(Mentorship.id.desc())
    return session.scalars(query.where(Mentorship.state.in_(states)) if states else query).all()


def locked(
    session: Session, number: int, *states: State, learner: Member | None = None, mentor: Member | None = None
) -> Mentorship:
    """The mentorship as it is now, while nobody else changes one of the same mentor's; it must be in `states`."""
    found = session.get(Mentorship, number)
    if found is None or (learner and found.learner_id != learner.id) or (mentor and found.mentor_id != mentor.id):
        raise unknown(number)
    lock(session, found.mentor)
    session.refresh(found)
    session.refresh(found.need)
    if found.state not in states:
        raise ClearingHouseError(
            "mentorship-changed",
            N_("This has changed since the page was shown. Reload the page to see what is so now."),
            status=409,
        )
    return found


def unknown(number: int) -> ClearingHouseError:
    return ClearingHouseError(
        "mentorship-unknown", N_("You have no mentorship or request with the number {n}."), status=404, n=number
    )


def tell(session: Session, about: Mentorship, kind: str, actor: str, **data: Any) -> None:
    names = {"need": about.need_id, "mentor": about.mentor.name, "learner": about.learner.name}
    record(session, kind, actor=actor, subject=about.subject, **names, **data)
