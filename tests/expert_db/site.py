"""The smallest front door that shows this package's pages: who is there and in which language are headers."""

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sqlalchemy import select
from starlette.middleware.sessions import SessionMiddleware

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import ROOT, Translate, texts
from expert_db.database import Database
from expert_db.members import Member
from expert_db.pages import router
from expert_db.panels import PANELS
from expert_db.visit import SignInFirst, Visit

FOLDERS = [Path(__file__).parent / "templates", ROOT / "expert_db" / "templates"]


@cache
def environment() -> Environment:
    """The templates, compiled once for all tests."""
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in FOLDERS])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    made.globals["languages"] = LANGUAGES
    made.filters.update(number=str, country=str, language=str, date=format_date)
    return made


def in_markup(translate: Translate) -> Callable[..., Markup]:
    """`_` of the templates: values that are markup stay so, all else is escaped."""
    return lambda text, **values: escape(translate(text)).format(**values) if values else escape(translate(text))


class SmallPages:
    """Renders the package's templates; the threads of a subject are drawn as its path."""

    def render(self, visit: Visit, template: str, values: dict[str, Any]) -> str:
        if notice := visit.request.session.pop("notice", ""):
            visit.notices.append(("notice", notice))
        words = {"visit": visit, "_": in_markup(visit.translate), "plural": visit.translate.plural}
        return environment().get_template(template).render({**values, **words})

    def panel(self, visit: Visit, name: str, subject: str) -> Markup:
        if name in PANELS:
            return PANELS[name](visit, subject)
        return Markup('<div data-panel="{}">{}</div>').format(name, subject)


def site(database: Database) -> FastAPI:
    """The pages over that database."""
    app, pages = FastAPI(), SmallPages()

    @app.middleware("http")
    async def arrive(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        with database.session() as session:
            member = session.scalar(select(Member).where(Member.name == request.headers.get("x-member", "")))
        translate = texts(request.headers.get("accept-language", "en"))
        request.state.visit = Visit(request, database, pages, translate, member, "token")
        return await call_next(request)

    @app.exception_handler(ClearingHouseError)
    def refused(request: Request, error: ClearingHouseError) -> Response:
        sentence = error.sentence(request.state.visit.translate)
        return JSONResponse({"code": error.code, "sentence": sentence}, status_code=error.status)

    @app.exception_handler(SignInFirst)
    def sign_in(_request: Request, error: SignInFirst) -> Response:
        return JSONResponse({"code": "sign-in", "path": error.path}, status_code=401)

    @app.get("/panel/{name}")
    def panel(name: str, subject: str, request: Request) -> Response:
        return Response(request.state.visit.panel(name, subject))

    app.include_router(router)
    app.add_middleware(SessionMiddleware, secret_key="tests only")
    return app


class Person:
    """Somebody in front of a browser: opens pages, presses buttons, reads."""

    def __init__(self, database: Database, name: str = "", language: str = "en") -> None:
        headers = {"x-member": name, "accept-language": language}
        self.client = TestClient(site(database), headers=headers)

    def opens(self, path: str) -> str:
        """What the page says."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def presses(self, path: str, **fields: Any) -> str:
        """What the page says to which the button leads."""
        answer = self.client.post(path, data={"csrf": "token", **fields})
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def is_refused(self, path: str, **fields: Any) -> str:
        """The code of the error that the button leads to."""
        answer = self.client.post(path, data={"csrf": "token", **fields})
        assert answer.status_code >= 400, answer.text
        return str(answer.json()["code"])
