"""Makes the visit of a request: her language, who she is, the token of her forms."""

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conventions.languages import LANGUAGES, SOURCE, best
from conventions.texts import texts
from expert_db.database import Database
from expert_db.members import Member, Standing
from expert_db.visit import Pages, Visit
from hub_config.portal.sign_in import hub_session, same_site

COOKIE = "chm_language"
YEAR = 365 * 24 * 3600
# What programs fetch may not start a session, nor has forms for whoever has none.
WITHOUT_SESSION = ("/static/", "/api/", "/data", "/odata/", "/vocabulary")


@dataclass(frozen=True)
class Account:
    """Who the Hub says is here; `standing` is None if the network has no record of that name."""

    name: str
    standing: Standing | None


class Visits:
    """Puts `request.state.visit` and `request.state.account` on every request."""

    def __init__(self, app: ASGIApp, database: Database, pages: Pages, secure: bool) -> None:
        self._app = app
        self._database = database
        self._pages = pages
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        visit = Visit(request, self._database, self._pages, texts(_asked(request)), None, _csrf(request))
        request.state.visit, request.state.account = visit, None
        if name := _name(request):
            await run_in_threadpool(self._recognise, visit, name)
        await self._app(scope, receive, self._remembering(request, send))

    def _recognise(self, visit: Visit, name: str) -> None:
        """Only an approved member is one; her own language counts unless she chose another here."""
        with self._database.session() as session:
            found = session.scalar(select(Member).where(Member.name == name))
        visit.request.state.account = Account(name, Standing(found.standing) if found else None)
        if found and found.standing == Standing.APPROVED:
            visit.member = found
            if not _chosen(visit.request) and found.language in LANGUAGES:
                visit.translate = texts(found.language)

    def _remembering(self, request: Request, send: Send) -> Send:
        """A language asked for in the address is kept for the next pages."""
        code = request.query_params.get("lang", "")

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start" and code in LANGUAGES:
                MutableHeaders(scope=message).append("Set-Cookie", language_cookie(code, self._secure))
            await send(message)

        return remember


def language_cookie(code: str, secure: bool) -> str:
    """The cookie that says which language this browser is used in, for every page of the platform."""
    flags = "; Secure" if secure else ""
    return f"{COOKIE}={code}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly{flags}"


def keeping(request: Request) -> str:
    """The address of the page she is on, without its `lang`, to come back to after a switch or a sign-in.

    What answers a form has no address of its own, so it is the page that the form was on.
    """
    return _inside(request, str(request.url)) if request.method in ("GET", "HEAD") else came_from(request)


def came_from(request: Request) -> str:
    """The page of this site that led here, or the front page."""
    return _inside(request, request.headers.get("referer", ""))


def _inside(request: Request, address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc != request.url.netloc:
        return "/"
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "lang"])
    return same_site(parts.path + (f"?{query}" if query else ""))


def _chosen(request: Request) -> str:
    choices = (request.query_params.get("lang"), request.cookies.get(COOKIE))
    return next((code for code in choices if code in LANGUAGES), "")


def _asked(request: Request) -> str:
    return _chosen(request) or best(request.headers.get("accept-language", ""), SOURCE)


def _name(request: Request) -> str:
    """The name in the session, as long as the Hub's session that it came from is still this browser's."""
    session = request.session
    return str(session.get("name", "")) if session.get("hub") == hub_session(request) else ""


def _csrf(request: Request) -> str:
    if request.url.path.startswith(WITHOUT_SESSION):
        return str(request.session.get("csrf") or secrets.token_urlsafe(24))
    return str(request.session.setdefault("csrf", secrets.token_urlsafe(24)))
