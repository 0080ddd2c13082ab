"""A mentor for a learner, from the proposal to the thanks. The sequence is always this:

1. A learner asks (`needs.need`). The best match is **proposed** to her alone, with the reasons.
2. **She accepts first**: the mentor is **requested** and keeps a place for her. Or she takes another, or waits.
3. **Then the mentor** accepts and they are **matched**, or declines with a reason (or passes her on to a colleague).
   After a decline the next best is proposed, never again the one who declined.
4. Either of them **ends** it, and she may thank.

So a mentor is only asked by learners who want him, and a learner who accepted has a place. A place is taken and given
while the mentor's row is locked: his capacity is never exceeded, however many ask at once.
"""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import lock, now
from expert_db.events import record
from expert_db.matching import Load, Match, Reason, free_places
from expert_db.members import Member
from expert_db.mentorships import PENDING, Mentorship, State, loads, locked, tell, unknown
from expert_db.needs import LOOKING, Need, NeedState
from expert_db.proposals import candidates, offer, propose

REST = timedelta(days=14)

# Why a mentor declined.
DECLINES: dict[str, str] = {
    "no-time": N_("No time at present"),
    "not-my-field": N_("Not my field"),
    "language": N_("I cannot help in this language"),
    "conflict": N_("A conflict of interest"),
    "other": N_("Another reason"),
}


def choose(session: Session, number: int, learner: Member) -> bool:
    """She accepts the proposal and its mentor is asked; `False` if his last place is gone: the next is proposed."""
    found = locked(session, number, State.PROPOSED, learner=learner)
    if not free_places(found.mentor, loads(session).get(found.mentor_id, Load())):
        replace(session, number)
        return False
    found.state, found.requested_at = State.REQUESTED, now()
    tell(session, found, "requested", learner.name)
    return True


def replace(session: Session, number: int) -> Mentorship | None:
    """The mentor proposed or asked can no longer take her, or has left; the next one proposed, if there is one."""
    found = locked(session, number, *PENDING)
    _turn_down(session, found, "full", by="")
    return propose(session, found.need)


def another(session: Session, number: int, learner: Member) -> Mentorship | None:
    """She would rather have another mentor; the next one proposed, if there is one."""
    found = locked(session, number, *PENDING, learner=learner)
    _turn_down(session, found, "another", by=learner.name)
    return propose(session, found.need)


def wait(session: Session, number: int, learner: Member) -> None:
    """She would rather wait: her need stays open and nobody is proposed for `REST`."""
    found = locked(session, number, *PENDING, learner=learner)
    _turn_down(session, found, "wait", by=learner.name)
    found.need.rests_until = now() + REST


def look_now(session: Session, number: int, learner: Member) -> Mentorship | None:
    """She need not wait any longer: propose the best match at once."""
    return propose(session, _own_need(session, number, learner))


def withdraw(session: Session, number: int, learner: Member) -> None:
    """She no longer needs a mentor for the need `number`; a mentor who was asked is told by the event."""
    need = _own_need(session, number, learner)
    live = select(Mentorship.id).where(Mentorship.need_id == need.id, Mentorship.state.in_(PENDING))
    if (pending := session.scalar(live)) is not None:
        found = locked(session, pending, *PENDING, learner=learner)
        _turn_down(session, found, "withdrawn", by=learner.name)
    lock(session, need)
    if need.state in LOOKING:
        need.state = NeedState.WITHDRAWN
        if pending is None:
            record(session, "withdrawn", actor=learner.name, subject=need.subject, need=need.id, reason="withdrawn")


def accept(session: Session, number: int, mentor: Member) -> Mentorship:
    """The mentor takes the learner who chose him; refused with `mentor-full` if he has lowered his capacity since."""
    found = locked(session, number, State.REQUESTED, mentor=mentor)
    active = select(func.count()).where(Mentorship.mentor_id == mentor.id, Mentorship.state == State.ACCEPTED)
    if (session.scalar(active) or 0) >= found.mentor.capacity:
        raise ClearingHouseError(
            "mentor-full",
            N_("You have room for {n} learners at the same time, and as many. Raise the number first, or decline."),
            status=409,
            n=found.mentor.capacity,
        )
    found.state, found.answered_at, found.need.state = State.ACCEPTED, now(), NeedState.MATCHED
    need = found.need
    facts = {"concepts": need.concepts, "topic": need.topic, "title": need.question, "language": need.languages[0]}
    tell(session, found, "matched", mentor.name, asked_about=need.subject, asked_at=need.at.isoformat(), **facts)
    return found


def decline(session: Session, number: int, mentor: Member, reason: str, note: str = "") -> Mentorship | None:
    """The mentor cannot take her, for a reason of `DECLINES`; the next proposal made to her, if there is one."""
    if reason not in DECLINES:
        raise ClearingHouseError("decline-reason", N_("Choose why you decline, so that she knows."), reason=reason)
    found = locked(session, number, State.REQUESTED, mentor=mentor)
    found.note = note[:500]
    _turn_down(session, found, reason, by=mentor.name)
    return propose(session, found.need)


def pass_on(session: Session, number: int, mentor: Member, colleague: int) -> Mentorship:
    """The mentor suggests a colleague instead, who is proposed to her; he must be one of the `candidates`."""
    found = locked(session, number, State.REQUESTED, mentor=mentor)
    lock(session, found.need)
    match = next((m for m in candidates(session, found.need) if m.mentor.id == colleague), None)
    if match is None or colleague == mentor.id:
        raise ClearingHouseError(
            "colleague-busy", N_("This colleague cannot take her now. Choose another one."), status=409
        )
    _turn_down(session, found, "passed", by=mentor.name)
    suggested: Reason = ("suggested", {})
    return offer(session, found.need, Match(match.mentor, match.score, [suggested, *match.reasons]))


def end(session: Session, number: int, by: Member, *, thank: bool = False) -> Mentorship:
    """One of the two ends it, which frees the place; with `thank`, the learner thanks her mentor."""
    found = locked(session, number, State.ACCEPTED)
    if by.id not in (found.mentor_id, found.learner_id):
        raise unknown(number)
    found.state, found.ended_at = State.ENDED, now()
    tell(session, found, "ended", by.name)
    if thank and by.id == found.learner_id:
        tell(session, found, "thanked", by.name)
    return found


def _own_need(session: Session, number: int, learner: Member) -> Need:
    need = session.get(Need, number)
    if need is None or need.learner_id != learner.id:
        raise unknown(number)
    return need


def _turn_down(session: Session, found: Mentorship, reason: str, *, by: str) -> None:
    """The mentor declines or the learner does not take it; the need is open again and the place free."""
    lock(session, found.need)
    found.state = State.DECLINED if by == found.mentor.name else State.WITHDRAWN
    found.reason, found.answered_at = reason, now()
    found.need.state = NeedState.OPEN
    session.flush()
    tell(session, found, found.state.value, by, reason=reason)
