"""`HEAD`: the headers of a page without the page, for link checkers, monitors and caches."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """Answers `HEAD` as `GET` and keeps the body back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, without_body)
        else:
            await self._app(scope, receive, send)
