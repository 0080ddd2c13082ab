"""`topic_created`, `topic_edited`, `topic_destroyed`, `topic_recovered`, `topic_…_status_updated`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from forum_bridge.mirror import hear_topic
from forum_bridge.shapes import topic_of

GONE = {"topic_destroyed": True, "topic_recovered": False}


def handle(session: Session, event: str, data: Mapping[str, Any]) -> None:
    """The mirror has the topic as it is now told."""
    topic = hear_topic(session, topic_of(data))
    topic.deleted = GONE.get(event, topic.deleted)
