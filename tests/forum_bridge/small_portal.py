"""Just enough of a portal to serve this package's pages and hear its webhooks: real HTTP, real templates."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy import select
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.sessions import SessionMiddleware

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import texts
from expert_db.database import Base, Database
from expert_db.dispatch import Dispatcher, Flows
from expert_db.events import Event, record
from expert_db.members import Member, Role, Standing
from expert_db.visit import SignInFirst, Visit
from forum_bridge import handlers, pages, panels
from forum_bridge.forum import Forum
from forum_bridge.webhooks import route
from hub_config.portal.templates import in_markup
from tests.forum_bridge.forum_process import KEY, SECRET, ForumProcess
from tests.ports import free_port
from tests.waiting import until

HERE = Path(__file__).parent
PACKAGE = Path(pages.__file__).parent
CSRF = "a-form-of-this-visit"
MEMBERS = {
    "officer-fr": (Role.OFFICER, "fr"),
    "officer-ar": (Role.OFFICER, "ar"),
    "officer-zh": (Role.OFFICER, "zh"),
    "expert-en": (Role.EXPERT, "en"),
    "secretary": (Role.SECRETARIAT, "en"),
}


@dataclass
class Platform:
    """What the flows are given."""

    forum: Forum


FLOWS: Flows[Platform] = {
    "released": [handlers.on_released],
    "matched": [handlers.on_matched],
    "asked": [handlers.on_asked],
    "forum_heard": [handlers.on_forum_heard],
}


class SmallPages:
    """Renders the package's templates over a plain base."""

    def render(self, visit: Visit, template: str, values: dict[str, Any]) -> str:
        environment = Environment(loader=FileSystemLoader([PACKAGE / "templates", HERE / "templates"]), autoescape=True)
        environment.filters |= {
            "date": str,
            "datetime": str,
            "language": lambda code: LANGUAGES[code].name,
            "number": str,
        }
        environment.globals |= {
            "_": in_markup(visit.translate),
            "plural": visit.translate.plural,
            "languages": LANGUAGES,
            "visit": visit,
        }
        return environment.get_template(template).render(**values)

    def panel(self, visit: Visit, name: str, subject: str) -> Markup:
        return panels.PANELS[name](visit, subject)


def portal(database: Database, forum: Forum) -> FastAPI:
    """The application; the header `X-Member` says who is here, instead of a sign-in."""
    app = FastAPI()
    app.state.forum = forum
    app.include_router(pages.router)
    app.include_router(route.router)

    async def visit(request: Request, go_on: RequestResponseEndpoint) -> Response:
        with database.session() as session:
            member = session.scalar(select(Member).where(Member.name == request.headers.get("X-Member", "")))
        language = texts(member.language if member else "en")
        request.state.visit = Visit(request, database, SmallPages(), language, member, CSRF)
        return await go_on(request)

    def failed(_request: Request, error: Exception) -> Response:
        if isinstance(error, ClearingHouseError):
            return JSONResponse({"error": {"code": error.code, "message": str(error)}}, error.status)
        return JSONResponse({"error": {"code": "sign-in"}}, 401)

    app.middleware("http")(visit)
    app.add_middleware(SessionMiddleware, secret_key="tests")
    app.add_exception_handler(ClearingHouseError, failed)
    app.add_exception_handler(SignInFirst, failed)
    return app


@dataclass
class Bridge:
    """Database, forum and portal of one test, and the shortcuts its tests read by."""

    home: Path
    database: Database
    forum: Forum
    process: ForumProcess
    app: FastAPI
    port: int
    dispatcher: Dispatcher[Platform] = field(init=False)
    _server: uvicorn.Server | None = None

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.database, FLOWS, Platform(self.forum))

    def serve(self) -> None:
        """Listen for webhooks on the portal's port."""
        self._server = uvicorn.Server(uvicorn.Config(self.app, host="127.0.0.1", port=self.port, log_level="warning"))
        threading.Thread(target=self._server.run, daemon=True).start()
        until(lambda: bool(self._server and self._server.started))

    def close(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
        self.forum.client.close()
        self.process.stop()
        self.database.close()

    def happened(self, kind: str, *, actor: str = "", subject: str, **data: Any) -> None:
        """An event of another package, and what follows from it."""
        with self.database.session() as session:
            record(session, kind, actor=actor, subject=subject, **data)
        self.dispatcher.deliver()

    def events(self, kind: str) -> list[Event]:
        with self.database.session() as session:
            return list(session.scalars(select(Event).where(Event.kind == kind).order_by(Event.position)))

    def hear(self) -> None:
        """Let the flows follow what webhooks told."""
        self.dispatcher.deliver()

    def send(self) -> int:
        return self.forum.sender.send_due()


def build(home: Path) -> Bridge:
    """A platform with five members, and a forum that has not been started yet."""
    database = Database(f"sqlite:///{home / 'platform.sqlite'}")
    Base.metadata.create_all(database.engine)
    with database.session() as session:
        for name, (role, language) in MEMBERS.items():
            session.add(_member(name, role, language))
    port = free_port()
    process = ForumProcess(home / "forum", webhook=f"http://127.0.0.1:{port}/api/forum/webhook")
    forum = Forum(database, process.client(), SECRET, address="https://chm.example")
    return Bridge(home, database, forum, process, portal(database, forum), port)


def _member(name: str, role: Role, language: str) -> Member:
    return Member(
        name=name,
        full_name=name.title(),
        country="TN",
        organisation="Ministry",
        role=role,
        language=language,
        standing=Standing.APPROVED,
    )


__all__ = ["CSRF", "KEY", "Bridge", "build"]
