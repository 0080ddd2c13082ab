"""The network as the Secretariat sees it: coverage, needs and gaps, waits, what happened. All computed when asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from expert_db.events import Event
from expert_db.matching import Load, free_places
from expert_db.members import Member, Role, Standing
from expert_db.mentorships import loads
from expert_db.needs import LOOKING, Need
from expert_db.participation import grouped_waits
from expert_db.regions import REGIONS, region

# The figures of the strategy that the log has: how often each of these happened.
INDICATORS = (
    "joined", "approved", "enrolled", "opened", "submitted", "graded", "feedback_read", "released",
    "asked", "answered", "solved", "needed", "proposed", "matched", "declined", "ended", "thanked",
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """One region: who is there, what is asked for and the median wait for a mentor in days (`None`: no data)."""

    region: str
    members: int
    countries: int
    officers: int
    experts: int
    places: int
    looking: int
    days: float | None


@dataclass(frozen=True)
class Gap:
    """One concept that learners without a mentor ask for: how many, and who could help."""

    concept: str
    looking: int
    experts: int
    places: int


def members(session: Session, *, standing: Standing = Standing.APPROVED) -> list[Member]:
    """The members of a standing, by name."""
    return list(
        session.scalars(select(Member).where(Member.standing == standing).order_by(Member.full_name, Member.id))
    )


def coverage(session: Session) -> list[Coverage]:
    """Each regional group, the European Union and others in none last."""
    people, busy = members(session), loads(session)
    home = {member.name: region(member.country) for member in session.scalars(select(Member))}
    days = grouped_waits(session, lambda learner, _language: home.get(learner, ""))
    waiting = Counter(region(need.learner.country) for need in _looking(session))
    return [
        _coverage(key, [m for m in people if region(m.country) == key], busy, waiting[key], days.get(key))
        for key in REGIONS
    ]


def _coverage(key: str, people: Sequence[Member], busy: dict[int, Load], looking: int, days: float | None) -> Coverage:
    roles = Counter(member.role for member in people)
    return Coverage(
        region=key,
        members=len(people),
        countries=len({member.country for member in people}),
        officers=roles[Role.OFFICER],
        experts=roles[Role.EXPERT],
        places=_places(people, busy),
        looking=looking,
        days=days,
    )


def gaps(session: Session) -> list[Gap]:
    """What learners without a mentor ask for, where the fewest places are free first."""
    experts, busy = members(session), loads(session)
    asked = Counter(concept for need in _looking(session) for concept in need.concepts)
    found = []
    for concept, n in asked.items():
        able = [m for m in experts if m.role == Role.EXPERT and concept in m.expertise]
        found.append(Gap(concept, n, len(able), _places(able, busy)))
    return sorted(found, key=lambda gap: (gap.places, -gap.looking, gap.concept))


@dataclass(frozen=True)
class Reach:
    """One convention: how many Parties the table has and as of when, and the countries without any member."""

    convention: str
    parties: int
    missing: list[str]
    as_of: date


def reach(session: Session) -> list[Reach]:
    """How many Parties to each convention the network reaches."""
    # Only now: pandas takes half a second to be imported, and only the Secretariat opens this page.
    from conventions.parties import CONVENTIONS, parties  # noqa: PLC0415

    here = {member.country for member in members(session)}
    return [
        Reach(CONVENTIONS[str(key)], len(rows), sorted(set(rows["country"]) - here), rows["as_of"].max().date())
        for key, rows in parties().groupby("convention", sort=False)
    ]


def waits_by_language(session: Session) -> dict[str, float]:
    """The median wait in days by the language that the learner prefers."""
    return grouped_waits(session, lambda _learner, language: language)


def decisions(session: Session, most: int = 10) -> list[tuple[Event, Member]]:
    """The latest decisions that somebody took on people and that still stand, the latest first."""
    taken = (
        select(Event).where(Event.kind.in_(("approved", "refused")), Event.actor != "").order_by(Event.position.desc())
    )
    standing: dict[str, tuple[Event, Member]] = {}
    for event in session.scalars(taken.limit(5 * most)):
        name = event.subject.removeprefix("member/")
        member = session.scalar(select(Member).where(Member.name == name, Member.standing == event.kind))
        if member is not None and member.full_name:
            standing.setdefault(name, (event, member))
    return list(standing.values())[:most]


def _looking(session: Session) -> Sequence[Need]:
    return session.scalars(select(Need).where(Need.state.in_(LOOKING))).all()


def _places(people: Iterable[Member], busy: dict[int, Load]) -> int:
    return sum(free_places(member, busy.get(member.id, Load())) for member in people)
