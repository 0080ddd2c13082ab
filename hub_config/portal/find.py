"""The look-up: what a waste, a chemical or a code is in the conventions, what follows, and which lesson teaches it."""

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from conventions.lookup import CONVENTIONS, look
from conventions.vocabulary import SCHEMES, concept, narrower, near, related
from courses.teaching import Teaching
from expert_db.visit import Visit, here

router = APIRouter()
LONGEST = 300


@router.get("/find")
def find(request: Request, visit: Visit = Depends(here), q: str = Query("", max_length=LONGEST)) -> HTMLResponse:
    """The page of a search; without one, how to search."""
    teaching: Teaching = request.app.state.teaching
    findings = look(q, visit.language.code)
    return visit.show(
        "find.html",
        q=q,
        findings=[(one, teaching.lessons(one.concept.key)) for one in findings],
        similar=near(q, visit.language.code) if q.strip() and not findings else [],
        schemes=SCHEMES,
        conventions=CONVENTIONS,
        near_by=_near_by,
        longest=LONGEST,
    )


def _near_by(key: str, language: str) -> list[str]:
    """What the neighbours of a concept are called: above, below and beside it."""
    keys = (*concept(key).broader, *narrower().get(key, ()), *sorted(related()[key]))
    return [concept(other).labels[language] for other in dict.fromkeys(keys)]
