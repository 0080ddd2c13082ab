"""Composes the portal: pages, panels, templates and services of every part, behind the same middleware."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware

from conventions import logs
from courses.workspace import LARGEST
from hub_config.portal import errors, find, pages, sign_in, static
from hub_config.portal.errors import Guard
from hub_config.portal.head import Head
from hub_config.portal.headers import Headers
from hub_config.portal.sizes import Sizes
from hub_config.portal.static import Static
from hub_config.portal.status import Watch
from hub_config.portal.templates import Panel, Templates
from hub_config.portal.visits import Visits
from hub_config.wiring import Part, Platform

log = logging.getLogger(__name__)
SESSION_SECONDS = 7 * 24 * 3600
# What a form has around the largest file that any page takes.
FORM_BYTES = 100_000


def create_app(platform: Platform) -> FastAPI:
    """The front door of a platform, as one ASGI application."""
    files = Static()
    templates = Templates([part.package for part in platform.parts], _panels(platform.parts), files)
    secure = platform.settings.address.startswith("https://")
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(platform),
        # From the outermost to the innermost.
        middleware=[
            Middleware(Head),
            Middleware(Headers),
            Middleware(GZipMiddleware),
            Middleware(
                SessionMiddleware,
                secret_key=platform.keys["session"],
                session_cookie="chm_session",
                max_age=SESSION_SECONDS,
                https_only=secure,
            ),
            Middleware(Guard),
            Middleware(Visits, database=platform.database, pages=templates, secure=secure),
            Middleware(Sizes, largest=max(platform.settings.submission_limit, LARGEST) + FORM_BYTES),
        ],
    )
    errors.install(app)
    app.state.static, app.state.secure, app.state.hub = files, secure, platform.hub
    app.state.session_key, app.state.watch = platform.keys["session"], Watch(platform.probes)
    app.state.settings, app.state.database = platform.settings, platform.database
    for router in (pages.router, find.router, sign_in.router, static.router):
        app.include_router(router)
    for part in platform.parts:
        _add(app, part)
    return app


def _add(app: FastAPI, part: Part) -> None:
    for name, service in part.services.items():
        setattr(app.state, name, service)
    for router in part.routers:
        app.include_router(router)


def _panels(parts: Iterable[Part]) -> dict[str, list[Panel]]:
    panels: dict[str, list[Panel]] = defaultdict(list)
    for part in parts:
        for name, panel in part.panels.items():
            panels[name].append(panel)
    return panels


def _lifespan(platform: Platform) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        workers = [worker for part in platform.parts for worker in part.workers]
        watching = asyncio.create_task(app.state.watch.run())
        for worker in workers:
            worker.start()
        logs.tell(log, "part-ready", part="portal")
        yield
        for worker in reversed(workers):
            worker.stop()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    return running
