"""My mentor: the proposal and why; then the thread, the next step, the end and the thanks."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from conventions.vocabulary import find
from expert_db import steps
from expert_db.concepts import grouped, labels
from expert_db.members import Member
from expert_db.mentorships import Mentorship, State, of
from expert_db.needs import NeedState, looking, need
from expert_db.pages.posted import posted, text
from expert_db.participation import median_days, waits
from expert_db.proposals import propose
from expert_db.reasons import language_names, sentences
from expert_db.visit import Visit, here

router = APIRouter()

# What the page shows first: what waits for her, then what waits for a mentor, then whom she has.
ORDER = (State.PROPOSED, State.REQUESTED, State.ACCEPTED)


@dataclass(frozen=True)
class Shown:
    """A mentorship as its learner reads it; `before` says why the mentor proposed before declined, `words` are his."""

    mentorship: Mentorship
    reasons: list[str]
    languages: str
    before: str
    words: str


@router.get("/mentor")
def show(visit: Visit = Depends(here)) -> HTMLResponse:
    learner = visit.signed_in()
    with visit.database.session() as session:
        mine = [m for m in of(session, learner) if m.learner_id == learner.id]
        live = sorted((m for m in mine if m.state in ORDER), key=lambda m: ORDER.index(State(m.state)))
        return visit.show(
            "experts/mentor.html",
            live=[_shown(m, mine, visit) for m in live],
            waiting=[n for n in looking(session, learner) if n.state == NeedState.OPEN],
            ended=[m for m in mine if m.state == State.ENDED],
            days=_usual_days(session),
            concepts=grouped(visit.language.code),
        )


@router.post("/mentor/ask")
def ask(visit: Visit = Depends(here), fields: FormData = Depends(posted)) -> RedirectResponse:
    learner = visit.signed_in()
    question, chosen, language = text(fields, "question"), text(fields, "concept"), visit.language.code
    if not question:
        raise ClearingHouseError("question-empty", N_("Write in a sentence what you need help with."))
    known = labels(language)
    concepts = [key for key in (chosen, *find(question, language)) if key in known]
    with visit.database.session() as session:
        herself = session.get_one(Member, learner.id)
        asked = need(session, herself, herself.subject, question, concepts=concepts, language=language)
        proposed = propose(session, asked)
    return visit.go("/mentor", visit.translate(FOUND if proposed else NOBODY))


# Why the mentor proposed before is not the one, when it was neither she nor a reason he chose.
PASSED_OVER = {
    "full": N_("{name} no longer has a free place."),
    "passed": N_("{name} cannot take you now and suggests a colleague."),
}
FOUND = N_("A mentor is proposed to you below, with the reasons.")
NOBODY = N_("Nobody who fits is free at present. Your request stays open, and you will see a proposal here.")
ASKED = N_("The mentor is asked now, and keeps a place for you.")
TAKEN = N_("This mentor's last place has just been given to another learner.")
WAITING = N_("Your request stays open. Nobody is proposed for two weeks, unless you look again.")
WITHDRAWN = N_("Your request is withdrawn.")
ENDED = N_("The mentorship has ended.")
THANKED = N_("The mentorship has ended, and your mentor has your thanks.")


@router.post("/mentor/{number}/accept")
def accept(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        chosen = steps.choose(session, number, visit.signed_in())
    return visit.go("/mentor", visit.translate(ASKED if chosen else TAKEN))


@router.post("/mentor/{number}/another")
def another(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        proposed = steps.another(session, number, visit.signed_in())
    return visit.go("/mentor", visit.translate(FOUND if proposed else NOBODY))


@router.post("/mentor/{number}/wait")
def wait(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        steps.wait(session, number, visit.signed_in())
    return visit.go("/mentor", visit.translate(WAITING))


@router.post("/mentor/{number}/end")
def end(number: int, visit: Visit = Depends(here), fields: FormData = Depends(posted)) -> RedirectResponse:
    thanks = bool(text(fields, "thank"))
    with visit.database.session() as session:
        steps.end(session, number, visit.signed_in(), thank=thanks)
    return visit.go("/mentor", visit.translate(THANKED if thanks else ENDED))


@router.post("/mentor/needs/{number}/look")
def look(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        proposed = steps.look_now(session, number, visit.signed_in())
    return visit.go("/mentor", visit.translate(FOUND if proposed else NOBODY))


@router.post("/mentor/needs/{number}/withdraw")
def withdraw(number: int, visit: Visit = Depends(here), _: FormData = Depends(posted)) -> RedirectResponse:
    with visit.database.session() as session:
        steps.withdraw(session, number, visit.signed_in())
    return visit.go("/mentor", visit.translate(WITHDRAWN))


def _shown(mentorship: Mentorship, mine: list[Mentorship], visit: Visit) -> Shown:
    earlier = [m for m in mine if m.need_id == mentorship.need_id and m.id < mentorship.id]
    return Shown(
        mentorship,
        sentences(mentorship.reasons, visit.translate),
        language_names(mentorship.mentor.speaks, visit.language.code),
        _before(earlier[0], visit) if earlier else "",
        earlier[0].note if earlier else "",
    )


def _before(earlier: Mentorship, visit: Visit) -> str:
    """Why she sees another proposal now, when the mentor is the reason."""
    name, translate = earlier.mentor.full_name, visit.translate
    if earlier.state == State.DECLINED and earlier.reason in steps.DECLINES:
        why = translate(steps.DECLINES[earlier.reason])
        return translate(N_("{name} declined: {reason}."), name=name, reason=why)
    return translate(PASSED_OVER[earlier.reason], name=name) if earlier.reason in PASSED_OVER else ""


def _usual_days(session: Session) -> int | None:
    """In how many days a learner usually has a mentor, at least one; `None` when the log cannot tell."""
    days = median_days([span for *_, span in waits(session)])
    return None if days is None else max(1, round(days))
