"""The embedded forum as one ASGI application."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from conventions import logs
from forum_bridge.embedded import places, topics
from forum_bridge.embedded.hooks import Courier
from forum_bridge.embedded.limits import Limited, Limits
from forum_bridge.embedded.rules import Refused
from forum_bridge.embedded.store import Store

log = logging.getLogger(__name__)


def create_app(home: Path, *, key: str, secret: str, webhook: str = "", limits: Limits | None = None) -> FastAPI:
    """The forum kept in `home`; `secret` signs webhooks and single sign-on, `webhook` is where they go."""
    store = Store(home)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        courier = Courier(store, webhook, secret, "http://127.0.0.1") if webhook else None
        if courier:
            courier.start()
        logs.tell(log, "part-ready", part="forum")
        yield
        if courier:
            courier.stop()
        store.close()

    app = FastAPI(lifespan=running, openapi_url=None)
    app.state.store, app.state.key, app.state.secret = store, key, secret
    app.state.limits = limits or Limits()
    app.include_router(topics.router)
    app.include_router(places.router)
    app.add_api_route("/srv/status", lambda: PlainTextResponse("ok"))
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Limited, _limited)
    app.add_exception_handler(404, _missing)
    return app


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - what the handler is registered for
    wait = error.body.get("extras", {}).get("wait_seconds")
    headers = {"Retry-After": str(wait), "Discourse-Rate-Limit-Error-Code": "admin_api_key_rate_limit"} if wait else {}
    return JSONResponse(error.body, error.status, headers=headers)


def _limited(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Limited)  # noqa: S101 - what the handler is registered for
    headers = {"Retry-After": str(error.wait), "Discourse-Rate-Limit-Error-Code": "ip_10_secs_limit"}
    return PlainTextResponse("Slow down, you're making too many requests.", 429, headers=headers)


def _missing(_request: Request, _error: Exception) -> Response:
    return JSONResponse(
        {"errors": ["The requested URL or resource could not be found."], "error_type": "not_found"}, 404
    )
