"""What she sees when something cannot be done: what happened, what was kept, what to do next."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from conventions import logs
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.visit import SignInFirst, Visit, here
from hub_config.portal.visits import came_from, keeping

log = logging.getLogger(__name__)
API = "/api/"


@dataclass(frozen=True)
class Explanation:
    """The texts of one kind of failure; `happened` is replaced by an error's own sentence if it has one."""

    title: str
    happened: str
    kept: str
    next: str


UNCHANGED = N_("Nothing was changed. What you saved or handed in before is safe.")
BACK = N_("Go back, correct it and try again.")
BROKEN = Explanation(
    N_("This did not work, and it is our fault"),
    N_("The platform met a problem it did not expect. It has been written down for those who run it."),
    N_("What you saved or handed in before is safe. What you just sent may not have arrived."),
    N_("Wait a minute and try again. If it fails again, tell the Secretariat the number below."),
)
AWAY = Explanation(
    N_("A part of the platform does not answer"),
    N_("Another part of the platform, which this page needs, does not answer at the moment."),
    UNCHANGED,
    N_("Wait a minute and try again. The status page says what works."),
)
REFUSED = Explanation(
    N_("This could not be done"), N_("Something in what was sent cannot be used as it is."), UNCHANGED, BACK
)
BY_STATUS: dict[int, Explanation] = {
    401: Explanation(
        N_("Please sign in first"), N_("This page is for members."), UNCHANGED, N_("Sign in, then open the page again.")
    ),
    403: Explanation(
        N_("This is not open to you"),
        N_("Your role in the network does not include this page."),
        UNCHANGED,
        N_("If you need it, ask the Secretariat: it decides on roles."),
    ),
    404: Explanation(
        N_("There is no such page"),
        N_("Nothing is found at this address. It may have moved, or a letter is wrong."),
        UNCHANGED,
        N_("Check the address, or start again from one of these pages."),
    ),
    405: Explanation(
        N_("This address only takes forms"),
        N_("It is where a form is sent to, so there is nothing to read at it."),
        UNCHANGED,
        N_("Go back to the page with the form, or start again from one of these pages."),
    ),
    413: Explanation(
        N_("This is too large"),
        N_("What you sent is larger than the platform takes."),
        UNCHANGED,
        N_("Send a smaller file."),
    ),
    429: Explanation(
        N_("Too many at once"),
        N_("The platform was asked the same thing too often in a short time."),
        UNCHANGED,
        N_("Wait a minute and try again."),
    ),
    500: BROKEN,
    502: AWAY,
    503: AWAY,
    504: AWAY,
}


def install(app: FastAPI) -> None:
    """Let the pages of `app` fail well."""
    app.exception_handler(ClearingHouseError)(_refused)
    app.exception_handler(SignInFirst)(_sign_in_first)
    app.exception_handler(HTTPException)(_status)
    app.exception_handler(RequestValidationError)(_invalid)


class Guard:
    """Catches what nobody expected, inside the other middleware, so that this answer has all its headers too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            number = secrets.token_hex(4)
            logs.tell(log, "incident", number=number, path=scope.get("path"), error=error)
            if not hasattr(Request(scope).state, "visit"):
                raise
            await _answer(Request(scope), "unexpected", 500, "", {"number": number})(scope, receive, send)


def _answer(request: Request, code: str, status: int, sentence: str, values: Mapping[str, Any]) -> Response:
    """JSON for programs, a page for people; both in her language."""
    visit = here(request)
    explained = BY_STATUS.get(status, REFUSED)
    if request.url.path.startswith(API):
        message = sentence or visit.translate(explained.happened)
        return JSONResponse({"error": {"code": code, "message": message, "values": dict(values)}}, status_code=status)
    shown = {"explained": explained, "sentence": sentence, "code": code, "values": values, "back": came_from(request)}
    # Signing in helps only where a member might be let in.
    return visit.show("error.html", status=status, sign_in=status in (401, 403) and not visit.member, **shown)


def _refused(request: Request, error: ClearingHouseError) -> Response:
    shown = {name: str(value) for name, value in error.values.items()}
    answer = _answer(request, error.code, error.status, error.sentence(here(request).translate), shown)
    if "wait" in error.values:
        answer.headers["Retry-After"] = str(error.values["wait"])
    return answer


def _sign_in_first(request: Request, _error: SignInFirst) -> Response:
    """Whoever has signed in but is no member would go in circles; she is told where she stands instead."""
    if request.url.path.startswith(API):
        return _answer(request, "sign-in-first", 401, "", {})
    if request.state.account is not None:
        return standing(here(request))
    return RedirectResponse(f"/sign-in?next={quote(keeping(request))}", status_code=303)


def standing(visit: Visit, status: int = 403) -> Response:
    """The page of a person whom the Hub knows and the network has not let in."""
    return visit.show("standing.html", status=status, account=visit.request.state.account)


def _status(request: Request, error: HTTPException) -> Response:
    answer = _answer(request, f"http-{error.status_code}", error.status_code, "", {})
    answer.headers.update(error.headers or {})
    return answer


def _invalid(request: Request, error: RequestValidationError) -> Response:
    """A field of an address or a form that cannot be read is named, and its value is not repeated."""
    fields = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
    sentence = here(request).translate(N_("This cannot be read: {fields}."), fields=fields)
    return _answer(request, "not-readable", 422, sentence, {"fields": fields})
