"""The forum's webhooks: one module for each type of event, in one table."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from forum_bridge.webhooks import ping, post, solved, topic, user

# What each type does: `handle(session, event, data)`. Other types are stored and acknowledged, nothing more.
HANDLERS: dict[str, Callable[[Session, str, Mapping[str, Any]], None]] = {
    "ping": ping.handle,
    "post": post.handle,
    "solved": solved.handle,
    "topic": topic.handle,
    "user": user.handle,
}
