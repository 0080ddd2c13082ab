"""What this package shows in others' pages: a subject's mentor, and the one thing that waits for a member."""

from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expert_db.members import Member, Role, Standing
from expert_db.mentorships import Mentorship, State, of
from expert_db.visit import Visit


def mentor(visit: Visit, subject: str) -> Markup:
    """For a course, a lesson or an assignment: her mentor, or where to ask for one; nothing for the public."""
    if visit.member is None:
        return Markup("")
    with visit.database.session() as session:
        live = of(session, visit.member, State.PROPOSED, State.REQUESTED, State.ACCEPTED)
        hers = [m for m in live if m.learner_id == visit.member.id and _near(m.need.subject, subject)]
    return _draw(visit, "experts/panels/mentor.html", mentorship=hers[0] if hers else None, subject=subject)


def next_thing(visit: Visit, subject: str) -> Markup:  # noqa: ARG001
    """For the home page: what waits for this member here, by her role; nothing when nothing does."""
    if visit.member is None or visit.member.role not in WAITING:
        return Markup("")
    with visit.database.session() as session:
        count = WAITING[Role(visit.member.role)](session, visit.member)
    return _draw(visit, "experts/panels/next.html", n=count, role=visit.member.role) if count else Markup("")


def _proposals(session: Session, member: Member) -> int:
    return sum(m.learner_id == member.id for m in of(session, member, State.PROPOSED))


def _requests(session: Session, member: Member) -> int:
    asked = select(func.count()).where(Mentorship.mentor_id == member.id, Mentorship.state == State.REQUESTED)
    return session.scalar(asked) or 0


def _asking(session: Session, member: Member) -> int:  # noqa: ARG001
    return session.scalar(select(func.count()).where(Member.standing == Standing.WAITING)) or 0


# What waits for a member of each role: how many there are of it.
WAITING: dict[Role, Callable[[Session, Member], int]] = {
    Role.OFFICER: _proposals,
    Role.EXPERT: _requests,
    Role.SECRETARIAT: _asking,
}

# By name, as the portal registers them.
PANELS: dict[str, Callable[[Visit, str], Markup]] = {"mentor": mentor, "next": next_thing}


def _near(one: str, other: str) -> bool:
    """Whether one subject is the other or lies under it."""
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _draw(visit: Visit, template: str, **values: object) -> Markup:
    # Rendered by the pages' own environment, which escapes.
    return Markup(visit.pages.render(visit, template, values))  # noqa: S704
