"""Signing in by the Hub, and signing out of both. The portal's session holds a name, not a token."""

import hashlib
import hmac
from dataclasses import asdict
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.visit import Visit, here
from hub_config.portal.hub import CALLBACK, Attempt, Hub

router = APIRouter()
COOKIE = "chm_sign_in_"
MINUTES = 15
HUB_SESSION = "jupyterhub-session-id"


def same_site(path: str) -> str:
    """`path` if it leads to a page of this site, else the front page: nobody is sent elsewhere by a link to us."""
    parts = urlsplit(path)
    # Browsers read a backslash as a slash and drop control characters, so neither may take part.
    plain = path.isprintable() and "\\" not in path
    inside = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith("//")
    return path if plain and inside else "/"


def hub_session(request: Request) -> str:
    """A digest of the Hub's session, so that signing out in JupyterLab also ends the portal's session."""
    return digest(request.cookies.get(HUB_SESSION, ""))


def digest(value: str) -> str:
    """Enough of a SHA-256 to tell two random values apart."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


@router.get("/sign-in")
def sign_in(request: Request, next: str = "/") -> RedirectResponse:
    """Off to the Hub, with a note in a short-lived cookie of where to go afterwards."""
    hub: Hub = request.app.state.hub
    attempt = Attempt.begin(same_site(next))
    answer = RedirectResponse(hub.authorize_url(attempt), status_code=303)
    answer.set_cookie(
        _cookie(attempt.state),
        _notes(request).dumps(asdict(attempt)),
        max_age=MINUTES * 60,
        path=CALLBACK,
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure,
    )
    return answer


@router.get(CALLBACK)
async def back_from_hub(request: Request, code: str = "", state: str = "") -> RedirectResponse:
    """Back from the Hub: the state must be the one this browser left with, then the Hub says who she is."""
    attempt = _attempt(request, state)
    if not code:
        raise ClearingHouseError(
            "sign-in-refused",
            N_("The Hub did not sign you in. Please sign in again, or ask the Secretariat."),
            status=403,
        )
    hub: Hub = request.app.state.hub
    name = await hub.who(code, attempt)
    request.session.clear()
    request.session.update({"name": name, "hub": hub_session(request)})
    answer = RedirectResponse(attempt.next, status_code=303)
    answer.delete_cookie(_cookie(state), path=CALLBACK, httponly=True, samesite="lax")
    return answer


@router.post("/sign-out")
async def sign_out(visit: Visit = Depends(here)) -> RedirectResponse:
    """End the portal's session, then the Hub's."""
    await visit.form()
    visit.request.session.clear()
    return visit.go("/hub/logout")


def _cookie(state: str) -> str:
    """Two tabs may sign in at the same time, so each attempt has a cookie of its own."""
    return COOKIE + digest(state)


def _notes(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(request.app.state.session_key, salt="sign-in")


def _attempt(request: Request, state: str) -> Attempt:
    try:
        noted = _notes(request).loads(request.cookies.get(_cookie(state), ""), max_age=MINUTES * 60)
    except BadData as error:
        raise _stale() from error
    attempt = Attempt(**noted)
    if not hmac.compare_digest(attempt.state.encode(), state.encode()):
        raise _stale()
    return attempt


def _stale() -> ClearingHouseError:
    return ClearingHouseError(
        "sign-in-stale",
        N_("This sign-in was started too long ago or in another browser. Please sign in again."),
        status=403,
    )
