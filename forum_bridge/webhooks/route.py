"""`POST /api/forum/webhook`: where the forum is heard."""

import logging
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import IntegrityError

from conventions import logs
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from forum_bridge.forum import Forum, forum_of
from forum_bridge.webhooks import hooks

log = logging.getLogger(__name__)
router = APIRouter()


@router.post("/api/forum/webhook")
async def hear(request: Request) -> dict[str, str]:
    """Stored durably when this answers; heard again, it answers the same and stores nothing."""
    try:
        body = await _limited(request)
        new = await run_in_threadpool(_receive, forum_of(request), dict(request.headers), body)
    except ClearingHouseError as error:
        logs.tell(log, "webhook-refused", reason=error.code)
        raise
    logs.tell(log, "webhook-heard", webhook=request.headers.get("x-discourse-event", "")[:64], new=new)
    return {"status": "heard" if new else "already heard"}


async def _limited(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > hooks.LONGEST:
            raise ClearingHouseError(
                "webhook-too-large",
                N_("The webhook is larger than {limit} bytes and was not read."),
                status=413,
                limit=hooks.LONGEST,
            )
    return bytes(body)


def _receive(forum: Forum, headers: Mapping[str, str], body: bytes) -> bool:
    hooks.verify(forum.webhook_secret, headers, body)
    try:
        with forum.database.session() as session:
            return hooks.receive(session, headers, body)
    except IntegrityError:
        # Two copies at the same moment: the other one was stored.
        return False
