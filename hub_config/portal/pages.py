"""The portal's own pages: home, dashboards, status, what this is, and the switch of language."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from conventions.languages import LANGUAGES
from expert_db.database import now
from expert_db.visit import Visit, here
from hub_config.portal import errors
from hub_config.portal.dashboards import entries
from hub_config.portal.sign_in import same_site
from hub_config.portal.status import Watch
from hub_config.portal.visits import language_cookie

router = APIRouter()


@router.get("/")
def home(visit: Visit = Depends(here)) -> Response:
    """What this is, for the public; the one thing to do next, for a member."""
    if visit.member:
        return visit.show("home_member.html", member=visit.member)
    if visit.request.state.account:
        return errors.standing(visit, status=200)
    return visit.show("home.html", dashboards=entries(visit.language.code))


@router.get("/dashboards")
def all_dashboards(visit: Visit = Depends(here)) -> HTMLResponse:
    """Every dashboard with one sentence, its date and its source."""
    return visit.show("dashboards.html", dashboards=entries(visit.language.code))


@router.get("/about")
def about(visit: Visit = Depends(here)) -> HTMLResponse:
    """What this is, terms of the data, cookies, translations."""
    return visit.show("about.html")


@router.get("/status")
async def status(request: Request, visit: Visit = Depends(here)) -> HTMLResponse:
    """What works, what is slow, since when."""
    watch: Watch = request.app.state.watch
    return visit.show("status.html", findings=await watch.look(), at=now())


@router.get("/language/{code}")
def language(request: Request, code: str, next: str = "/") -> RedirectResponse:
    """Go on in another language, on the same page."""
    if code not in LANGUAGES:
        raise HTTPException(404)
    answer = RedirectResponse(same_site(next), status_code=303)
    answer.headers.append("Set-Cookie", language_cookie(code, request.app.state.secure))
    return answer
