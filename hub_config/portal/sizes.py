"""How much of a request is read: what is too large is refused before it fills memory or disk."""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conventions.errors import ClearingHouseError
from conventions.texts import N_

# A form without files, in which the longest text is a question or an answer.
FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 1_000_000


class Sizes:
    """Refuses a body of more than `largest` bytes, a plain form of more than `LARGEST_FORM`.

    The refusal comes when the page asks for the body, so that the page's own checks, of who is there and of its own
    limit, come first, and so that it is answered as any other.
    """

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Request(scope).headers
        limit = LARGEST_FORM if headers.get("content-type", "").lower().startswith(FORM) else self._largest
        announced = int(length) if (length := headers.get("content-length", "")).isdecimal() else 0
        await self._app(scope, _limited(receive, limit, announced), send)


def _limited(receive: Receive, limit: int, announced: int) -> Receive:
    read = 0

    async def read_on() -> Message:
        nonlocal read
        if announced > limit:
            raise _too_large(limit)
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise _too_large(limit)
        return message

    return read_on


def _too_large(limit: int) -> ClearingHouseError:
    return ClearingHouseError(
        "body-too-large",
        N_("What was sent has more than {limit} bytes, so it was not read. Send less, or a smaller file."),
        status=413,
        limit=limit,
    )
