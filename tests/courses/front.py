"""A small front door around the course pages: members, their language, templates with plain parts."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.testclient import TestClient
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.sessions import SessionMiddleware

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import ROOT, texts
from courses import authoring, desk, pages
from courses.service import Courses
from expert_db import members
from expert_db.database import Base, Database
from expert_db.members import Member, Role, Standing
from expert_db.visit import SignInFirst, Visit

CSRF = "from-this-visit"


class Templates:
    """Renders the packages' templates; every panel says its own name."""

    def __init__(self) -> None:
        folders = [Path(__file__).parent / "templates", ROOT / "courses" / "templates"]
        loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
        self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        shown = {"date": str, "datetime": str, "number": str, "language": lambda code: LANGUAGES[code].name}
        self._environment.filters.update(shown, percent=lambda share: f"{share:.0%}")
        self._environment.globals["languages"] = LANGUAGES

    def render(self, visit: Visit, template: str, values: dict[str, Any]) -> str:
        if notice := visit.request.session.pop("notice", ""):
            visit.notices.append(("notice", notice))

        def say(key: str, /, **places: Any) -> Markup:
            return escape(visit.translate(key)).format(**places)

        words = {"visit": visit, "_": say, "plural": visit.translate.plural}
        return self._environment.get_template(template).render({**values, **words})

    def panel(self, visit: Visit, name: str, subject: str) -> Markup:
        if drawn := pages.PANELS.get(name):
            return drawn(visit, subject)
        return Markup("[{} of {}]").format(name, subject)


class Front:
    """The application over a folder, and a browser for each person."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'platform.sqlite'}")
        Base.metadata.create_all(self.database.engine)
        self.content = folder / "content"
        self.content.mkdir()
        self.courses = Courses(self.database, self.content, folder / "home", identify=self._identify)
        self.app = FastAPI()
        self.app.state.courses = self.courses
        for router in (pages.router, desk.router, authoring.router):
            self.app.include_router(router)
        self.app.add_route("/", lambda request: request.state.visit.show("home.html"))
        self.app.middleware("http")(self._visit)
        self.app.add_middleware(SessionMiddleware, secret_key="test")
        self.app.add_exception_handler(ClearingHouseError, self._refused)
        self.app.add_exception_handler(SignInFirst, lambda _request, _error: PlainTextResponse("sign in", 401))
        self._templates = Templates()
        with self.database.session() as session:
            for name, role in (("amina", Role.OFFICER), ("centre", Role.CENTRE), ("sec", Role.SECRETARIAT)):
                session.add(_member(name, role))

    def browser(self, name: str = "", language: str = "en") -> TestClient:
        return TestClient(self.app, headers={"X-Name": name, "X-Language": language}, follow_redirects=False)

    def _identify(self, token: str) -> str | None:
        return token.removeprefix("token-") if token.startswith("token-") else None

    async def _visit(self, request: Request, go_on: RequestResponseEndpoint) -> Response:
        member = None
        if name := request.headers.get("X-Name"):
            with self.database.session() as session:
                member = members.find(session, name)
        translate = texts(request.headers.get("X-Language", "en"))
        request.state.visit = Visit(request, self.database, self._templates, translate, member, CSRF)
        return await go_on(request)

    def _refused(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, ClearingHouseError)
        body = {"code": error.code, "message": str(error)}
        return JSONResponse({"error": body}, status_code=error.status)


def _member(name: str, role: Role) -> Member:
    return Member(
        name=name, full_name=name, country="KE", organisation="", role=role, language="en", standing=Standing.APPROVED
    )
