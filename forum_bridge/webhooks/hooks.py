"""Webhooks as they come in: verified over their raw bytes, stored once, and told of in the event log."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import Base, UTCDateTime, now
from expert_db.events import record
from forum_bridge.webhooks import HANDLERS

LONGEST = 1_000_000
PRIVATE = "private_message"


class HookState(StrEnum):
    """Stored and still to be handled; handled; of a type that nothing here is done with."""

    HEARD = "heard"
    HANDLED = "handled"
    IGNORED = "ignored"


class Hook(Base):
    """One webhook, its body as it came. `digest` is the SHA-256 of event and body: retries have other ids."""

    __tablename__ = "forum_hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[str] = mapped_column(String(32))
    event: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    state: Mapped[HookState] = mapped_column(String(16), default=HookState.HEARD)


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Refused with `webhook-signature` unless our forum signed these very bytes."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = headers.get("x-discourse-event-signature", "")
    if not secret or not hmac.compare_digest(expected.encode(), given.encode()):
        raise ClearingHouseError(
            "webhook-signature",
            N_("The webhook's signature is missing or wrong. Set the same secret on the forum and here."),
            status=403,
        )


def data_of(body: bytes, kind: str) -> Mapping[str, Any]:
    """What a webhook of a type tells; refused with `webhook-not-json` if it is not an object with that type."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _not_json() from error
    if not isinstance(told, dict):
        raise _not_json()
    data = told.get(kind)
    return data if isinstance(data, Mapping) else {}


def receive(session: Session, headers: Mapping[str, str], body: bytes) -> bool:
    """Store a verified webhook; False if it was heard before or is a private message, which is never kept."""
    kind, event = headers.get("x-discourse-event-type", "")[:32], headers.get("x-discourse-event", "")[:64]
    data = data_of(body, kind)
    if PRIVATE in {data.get("topic_archetype"), data.get("archetype")}:
        return False
    digest = hashlib.sha256(event.encode() + b"\0" + body).hexdigest()
    if session.scalar(select(Hook.id).where(Hook.digest == digest)):
        return False
    hook = Hook(digest=digest, type=kind, event=event, body=body)
    session.add(hook)
    session.flush()
    record(session, "forum_heard", actor="", subject="forum", hook=hook.id, type=kind, event=event)
    return True


def handle(session: Session, number: int) -> HookState:
    """Do what a stored webhook asks for; again, if asked again, without doing it twice."""
    hook = session.get_one(Hook, number)
    handler = HANDLERS.get(hook.type)
    if handler is not None:
        handler(session, hook.event, data_of(hook.body, hook.type))
    hook.state = HookState.HANDLED if handler else HookState.IGNORED
    return hook.state


def stored(session: Session, *, everything: bool = False) -> list[int]:
    """The webhooks that are stored and not followed yet, or all, in the order they came."""
    query = select(Hook.id).order_by(Hook.id)
    return list(session.scalars(query if everything else query.where(Hook.state == HookState.HEARD)))


def _not_json() -> ClearingHouseError:
    return ClearingHouseError(
        "webhook-not-json", N_("The webhook is not the JSON object that its type announces."), status=400
    )
