"""Requests for me: at most a few, best first; then my learners, what waits in my field, my room."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from conventions.texts import N_
from expert_db import steps
from expert_db.events import record
from expert_db.members import Member, Role
from expert_db.mentorships import Mentorship, State, of
from expert_db.pages.posted import number as number_of
from expert_db.pages.posted import posted, text
from expert_db.participation import mentorship_days, unanswered
from expert_db.proposals import candidates
from expert_db.reasons import language_names, sentences
from expert_db.visit import Visit, here

router = APIRouter()
AT_ONCE, COLLEAGUES, QUESTIONS = 3, 5, 10

MATCHED = N_("You are matched. Your thread with the learner is under “My learners”.")
DECLINED = N_("You declined, and the learner sees why.")
PASSED = N_("Your colleague is proposed to the learner.")
ENDED = N_("The mentorship has ended.")
PAUSED = N_("You get no new requests until you go on.")
GOING_ON = N_("You can be proposed to learners again.")


@dataclass(frozen=True)
class Request:
    """A request as its mentor reads it, with the colleagues he could pass her on to."""

    mentorship: Mentorship
    reasons: list[str]
    languages: str
    colleagues: list[tuple[str, str]]


@router.get("/requests")
def show(visit: Visit = Depends(here)) -> HTMLResponse:
    expert = visit.signed_in(Role.EXPERT)
    with visit.database.session() as session:
        himself = session.get_one(Member, expert.id)
        mine = [m for m in of(session, himself, State.REQUESTED, State.ACCEPTED) if m.mentor_id == expert.id]
        asked = sorted((m for m in mine if m.state == State.REQUESTED), key=lambda m: (-m.score, m.id))
        learners = [m for m in mine if m.state == State.ACCEPTED]
        days = mentorship_days(session)
        return visit.show(
            "experts/requests.html",
            requests=[_request(session, m, visit) for m in asked[:AT_ONCE]],
            more=max(0, len(asked) - AT_ONCE),
            learners=learners,
            room=max(0, himself.capacity - len(mine)),
            days=None if days is None else max(1, round(days)),
            questions=unanswered(session, himself.expertise)[:QUESTIONS],
            himself=himself,
            declines=[(code, visit.translate(why)) for code, why in steps.DECLINES.items()],
        )


@router.post("/requests/{number}/accept")
def accept(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        steps.accept(session, number, visit.signed_in(Role.EXPERT))
    return visit.go("/requests", visit.translate(MATCHED))


@router.post("/requests/{number}/decline")
def decline(number: int, visit: Visit = Depends(here), fields: FormData = Depends(posted)) -> RedirectResponse:
    reason, note = text(fields, f"reason-{number}"), text(fields, f"note-{number}")
    with visit.database.session() as session:
        steps.decline(session, number, visit.signed_in(Role.EXPERT), reason, note)
    return visit.go("/requests", visit.translate(DECLINED))


@router.post("/requests/{number}/pass")
def pass_on(number: int, visit: Visit = Depends(here), fields: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        steps.pass_on(session, number, visit.signed_in(Role.EXPERT), number_of(fields, f"colleague-{number}"))
    return visit.go("/requests", visit.translate(PASSED))


@router.post("/requests/{number}/end")
def end(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        steps.end(session, number, visit.signed_in(Role.EXPERT))
    return visit.go("/requests", visit.translate(ENDED))


@router.post("/requests/pause")
def pause(visit: Visit = Depends(here), fields: FormData = Depends(posted)) -> RedirectResponse:
    paused = bool(text(fields, "paused"))
    with visit.database.session() as session:
        himself = session.get_one(Member, visit.signed_in(Role.EXPERT).id)
        himself.paused = paused
        record(session, "described", actor=himself.name, subject=himself.subject)
    return visit.go("/requests", visit.translate(PAUSED if paused else GOING_ON))


def _request(session: Session, mentorship: Mentorship, visit: Visit) -> Request:
    others = [match.mentor for match in candidates(session, mentorship.need) if match.mentor != mentorship.mentor]
    return Request(
        mentorship,
        sentences(mentorship.reasons, visit.translate, to_mentor=True),
        language_names(mentorship.need.languages, visit.language.code),
        [(str(other.id), f"{other.full_name}, {other.organisation}") for other in others[:COLLEAGUES]],
    )
