"""`accepted_solution`, `unaccepted_solution`: a post is the answer of its topic, or no longer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from forum_bridge.mirror import Topic, hear_post, hear_solved
from forum_bridge.shapes import post_of


def handle(session: Session, event: str, data: Mapping[str, Any]) -> None:
    """The post may be news too: its own webhook can come later than this one."""
    heard = post_of(data)
    hear_post(session, heard, title=str(data.get("topic_title") or ""), category_id=data.get("category_id"))
    if event == "accepted_solution":
        hear_solved(session, heard.topic_id, heard.id)
    elif (topic := session.get(Topic, heard.topic_id)) and topic.accepted_id == heard.id:
        topic.accepted_id = None
