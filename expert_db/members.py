"""Members of the network: one identity from the Hub's user name to the forum's `external_id`."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import Base, UTCDateTime, now
from expert_db.events import record


class Role(StrEnum):
    """What a member comes for; the scopes and pages of each are in `hub_config.roles`."""

    OFFICER = "officer"
    EXPERT = "expert"
    CENTRE = "centre"
    SECRETARIAT = "secretariat"


class Standing(StrEnum):
    """Whether a person who asked to join has been let in."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Member(Base):
    """One person. `name` is her Hub user name; `country` is ISO 3166-1 alpha-2; languages are BCP 47."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128), unique=True)
    full_name: Mapped[str] = mapped_column(String(255))
    country: Mapped[str] = mapped_column(String(2))
    organisation: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    standing: Mapped[Standing] = mapped_column(String(16), default=Standing.WAITING)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    # What an expert says of himself: languages he answers in, concepts with level 1–3, mentees he has room for.
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    expertise: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    capacity: Mapped[int] = mapped_column(default=0)


def find(session: Session, name: str) -> Member:
    """The member of that Hub user name; refused with `member-unknown` if there is none."""
    member = session.scalar(select(Member).where(Member.name == name))
    if member is None:
        raise ClearingHouseError("member-unknown", N_("There is no member named {name}."), status=404, name=name)
    return member


def decide(session: Session, name: str, standing: Standing, *, by: str) -> Member:
    """Let a person in or not; the decision and who took it are in the log."""
    member = find(session, name)
    if member.standing is not standing:
        member.standing = standing
        record(session, standing.value, actor=by, subject=f"member/{name}")
    return member
