"""Members of the network: one identity from the Hub's user name to the forum's `external_id`."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_
from conventions.vocabulary import concepts
from expert_db.countries import codes
from expert_db.database import Base, UTCDateTime, lock, now
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
    # What an expert says of himself: languages he answers in, concepts with level 1–3, mentees he has room for,
    # hours a month he gives to them, and whether he takes no new ones for now.
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    expertise: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    capacity: Mapped[int] = mapped_column(default=0)
    hours: Mapped[int] = mapped_column(default=0)
    paused: Mapped[bool] = mapped_column(default=False)

    @property
    def speaks(self) -> list[str]:
        """The languages she can be helped or help in: her own first."""
        return list(dict.fromkeys([self.language, *self.languages]))

    @property
    def subject(self) -> str:
        """Her subject path in the event log."""
        return f"member/{self.name}"


# How each standing is told in the log.
DECISIONS: dict[Standing, str] = {
    Standing.APPROVED: "approved",
    Standing.REFUSED: "refused",
    Standing.WAITING: "reconsidered",
}
MOST_MENTEES, MOST_HOURS, LEVELS = 50, 200, (1, 2, 3)


def find(session: Session, name: str) -> Member:
    """The member of that Hub user name; refused with `member-unknown` if there is none."""
    member = session.scalar(select(Member).where(Member.name == name))
    if member is None:
        raise ClearingHouseError("member-unknown", N_("There is no member named {name}."), status=404, name=name)
    return member


def join(session: Session, member: Member) -> Member:
    """Note that a person asks to join; the secretariat decides. Refused with `member-exists` or what is bad in her."""
    if session.scalar(select(Member.id).where(Member.name == member.name)) is not None:
        raise ClearingHouseError("member-exists", N_("There is already a member named {name}."), name=member.name)
    check(member)
    session.add(member)
    record(session, "joined", actor=member.name, subject=member.subject, role=member.role, country=member.country)
    return member


def faults(member: Member) -> dict[str, str]:
    """What cannot be in a member's entries: the entry's name and a sentence on what to do."""
    checks = (
        ("full_name", bool(member.full_name.strip()), N_("Write the full name.")),
        ("country", member.country in codes(), N_("Choose a country of the list.")),
        ("language", member.language in LANGUAGES, N_("Choose one of the six languages.")),
        ("languages", set(member.languages or ()) <= set(LANGUAGES), N_("Choose among the six languages.")),
        ("expertise", _known(member.expertise or {}), N_("Choose concepts of the vocabulary, with a level of 1 to 3.")),
        ("capacity", 0 <= (member.capacity or 0) <= MOST_MENTEES, N_("Write a number of learners from 0 to 50.")),
        ("hours", 0 <= (member.hours or 0) <= MOST_HOURS, N_("Write a number of hours from 0 to 200.")),
    )
    return {entry: sentence for entry, good, sentence in checks if not good}


def check(member: Member) -> None:
    """Refuse a member whose entries cannot be, with `member-bad` and the first entry's sentence."""
    for entry, sentence in faults(member).items():
        raise ClearingHouseError("member-bad", sentence, entry=entry, value=getattr(member, entry))


def _known(expertise: dict[str, int]) -> bool:
    return set(expertise) <= set(concepts()) and set(expertise.values()) <= set(LEVELS)


def decide(session: Session, name: str, standing: Standing, *, by: str) -> Member:
    """Let a person in or not, or take the decision back; what was decided and by whom is in the log."""
    member = find(session, name)
    lock(session, member)
    if member.standing != standing:
        member.standing = standing
        record(session, DECISIONS[standing], actor=by, subject=member.subject)
    return member
