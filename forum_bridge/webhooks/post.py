"""`post_created`, `post_edited`, `post_destroyed`, `post_recovered`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from forum_bridge.mirror import hear_post
from forum_bridge.shapes import post_of

GONE = {"post_destroyed": True, "post_recovered": False}


def handle(session: Session, event: str, data: Mapping[str, Any]) -> None:
    """The mirror has the post in its latest version; a new reply is an answer."""
    heard = post_of(data)
    heard = replace(heard, deleted=GONE.get(event, heard.deleted))
    post = hear_post(session, heard, title=str(data.get("topic_title") or ""), category_id=data.get("category_id"))
    if event in GONE and post.updated_at <= heard.updated_at:
        post.deleted = GONE[event]
