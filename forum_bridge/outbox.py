"""The outbox: all that the platform says on the forum, kept in the transaction of the change that caused it.

A worker sends it in order per thread, again until the forum has it. Each entry carries a marker that the forum keeps
(a topic's `external_id`, a comment in a post), so that what was sent and not heard of is found, not sent twice.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from expert_db.database import Base, UTCDateTime, now

LONGEST_WAIT = timedelta(minutes=10)
_MARKER = re.compile(r"\s*<!--\s*chm:([a-z0-9_-]{1,50})\s*-->")


class State(StrEnum):
    """Waiting to be sent; sent; held back by the forum until a moderator reads it; refused by the forum for good."""

    WAITING = "waiting"
    SENT = "sent"
    HELD = "held"
    REFUSED = "refused"


class Entry(Base):
    """One thing to say. `thread` is the `external_id` of its topic, or `topic-<id>`: order is kept within it.

    `error` is a stable code with the forum's reason behind it; `topic_id` and `post_id` are known once it is sent.
    """

    __tablename__ = "forum_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    thread: Mapped[str] = mapped_column(String(50), index=True)
    marker: Mapped[str] = mapped_column(String(50), unique=True)
    author: Mapped[str] = mapped_column(String(128), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[State] = mapped_column(String(16), default=State.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    retry_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    error: Mapped[str] = mapped_column(default="")
    topic_id: Mapped[int | None]
    post_id: Mapped[int | None]


def put(session: Session, kind: str, *, thread: str = "", marker: str = "", author: str = "", **payload: Any) -> Entry:
    """Keep something to be said; without a thread it opens one of its own."""
    mark = marker or f"q-{uuid4().hex}"
    entry = Entry(kind=kind, thread=thread or mark, marker=mark, author=author, payload=payload)
    session.add(entry)
    session.flush()
    return entry


def due(session: Session) -> Sequence[Entry]:
    """The first waiting entry of each thread, if its time has come."""
    first = select(func.min(Entry.id)).where(Entry.state == State.WAITING).group_by(Entry.thread)
    query = select(Entry).where(Entry.id.in_(first), Entry.retry_at <= now()).order_by(Entry.id)
    return session.scalars(query).all()


def waiting(session: Session, *threads: str) -> Sequence[Entry]:
    """What is not on the forum yet in these threads: waiting, held or refused."""
    query = select(Entry).where(Entry.thread.in_(threads), Entry.state != State.SENT).order_by(Entry.id)
    return session.scalars(query).all()


def by_marker(session: Session, marker: str) -> Entry | None:
    """The entry that has this marker."""
    return session.scalar(select(Entry).where(Entry.marker == marker)) if marker else None


def put_off(entry: Entry, error: str, wait: float | None = None) -> None:
    """Try again later: as the forum asks, or twice as late each time, up to ten minutes."""
    entry.attempts += 1
    entry.error = error
    seconds = wait if wait is not None else 2.0 ** min(entry.attempts, 12)
    entry.retry_at = now() + min(timedelta(seconds=seconds), LONGEST_WAIT)


def refuse(session: Session, entry: Entry, error: str) -> None:
    """Give up: the forum will not take it. What waits for the topic it would have opened is given up with it."""
    entry.attempts += 1
    entry.state, entry.error = State.REFUSED, error
    if entry.kind != "topic":
        return
    for other in waiting(session, entry.thread):
        if other.state == State.WAITING:
            other.state, other.error = State.REFUSED, error


def again(session: Session) -> int:
    """Send once more what the forum refused, after an operator mended the cause; how many entries."""
    refused = session.scalars(select(Entry).where(Entry.state == State.REFUSED)).all()
    for entry in refused:
        entry.state, entry.retry_at = State.WAITING, now()
    return len(refused)


def hasten(session: Session) -> None:
    """Let what waits for its next try be due now."""
    session.execute(update(Entry).where(Entry.state == State.WAITING).values(retry_at=now()))


def marked(raw: str, marker: str) -> str:
    """A text with its marker, which readers do not see; markers that somebody wrote into it are taken out."""
    return f"{_MARKER.sub('', raw).rstrip()}\n\n<!-- chm:{marker} -->"


def unmarked(raw: str) -> tuple[str, str]:
    """A text without markers, and the last marker it had, or `""`."""
    found = _MARKER.findall(raw)
    return _MARKER.sub("", raw).rstrip(), found[-1] if found else ""
