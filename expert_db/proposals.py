"""The next mentor proposed to a learner: the best match that neither of them has turned down."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from expert_db.database import lock, now
from expert_db.matching import Match, rank
from expert_db.members import Member, Role, Standing
from expert_db.mentorships import Mentorship, State, loads, tell
from expert_db.needs import Need, NeedState
from expert_db.participation import evidence


def candidates(session: Session, need: Need) -> list[Match]:
    """Who could be the mentor now, best first, without those the learner or the mentor has turned down."""
    experts = session.scalars(select(Member).where(Member.role == Role.EXPERT, Member.standing == Standing.APPROVED))
    return rank(need.wanted, experts, loads(session), evidence(session, need.concepts), _turned_down(session, need))


def _turned_down(session: Session, need: Need) -> set[int]:
    """Mentors not to propose: they declined this need or have a conflict of interest, or she asked for another."""
    here = (Mentorship.need_id == need.id) & ((Mentorship.state == State.DECLINED) | (Mentorship.reason == "another"))
    conflict = (Mentorship.learner_id == need.learner_id) & (Mentorship.reason == "conflict")
    return set(session.scalars(select(Mentorship.mentor_id).where(here | conflict)))


def propose(session: Session, need: Need) -> Mentorship | None:
    """Propose the best match to the learner; `None` if there is none, or someone is proposed already."""
    lock(session, need)
    if need.state != NeedState.OPEN:
        return None
    best = next(iter(candidates(session, need)), None)
    return offer(session, need, best) if best else None


def propose_due(session: Session) -> list[Mentorship]:
    """Propose a mentor for every open need whose learner does not rest, the longest waiting first."""
    due = (Need.state == NeedState.OPEN) & (Need.rests_until.is_(None) | (Need.rests_until <= now()))
    made = (propose(session, need) for need in session.scalars(select(Need).where(due).order_by(Need.id)).all())
    return [mentorship for mentorship in made if mentorship]


def offer(session: Session, need: Need, match: Match) -> Mentorship:
    made = Mentorship(need=need, mentor=match.mentor, learner=need.learner, score=match.score, reasons=[*match.reasons])
    need.state, need.rests_until = NeedState.PROPOSED, None
    session.add(made)
    session.flush()
    tell(session, made, "proposed", "", score=match.score, reasons=[list(reason) for reason in match.reasons])
    return made
