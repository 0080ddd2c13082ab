"""Reconciling: what the forum has and we never heard of, because a webhook was lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from expert_db.database import Database
from forum_bridge.discourse import Discourse
from forum_bridge.errors import ForumError
from forum_bridge.links import Link
from forum_bridge.mirror import Post, Topic, hear_post, hear_solved, hear_topic
from forum_bridge.shapes import ForumPost, ForumTopic


@dataclass
class Found:
    """What one reconciliation looked at and put right."""

    topics: int = 0
    posts: int = 0
    solved: int = 0
    gone: int = 0

    def add(self, other: "Found") -> None:
        """Sum up."""
        self.topics += other.topics
        self.posts += other.posts
        self.solved += other.solved
        self.gone += other.gone


def known_topics(database: Database) -> list[int]:
    """The topics to compare: those of the mirror that are not gone, and those of links."""
    with database.session() as session:
        mirrored = session.scalars(select(Topic.id).where(Topic.deleted.is_(False)))
        gone = set(session.scalars(select(Topic.id).where(Topic.deleted)))
        linked = session.scalars(select(Link.topic_id).where(Link.topic_id.is_not(None)))
        return sorted({*mirrored, *(number for number in linked if number and number not in gone)})


def reconcile(database: Database, client: Discourse, numbers: Sequence[int] | None = None) -> Found:
    """Compare topics, or all that are known, with the forum's own; what is missing here is heard now."""
    total = Found()
    for number in known_topics(database) if numbers is None else numbers:
        total.add(_topic(database, client, number))
    return total


def _topic(database: Database, client: Discourse, number: int) -> Found:
    try:
        topic = client.topic(number)
        posts = list(client.all_posts(topic))
    except ForumError as error:
        if error.code != "forum-missing":
            raise
        with database.session() as session:
            if mine := session.get(Topic, number):
                mine.deleted = True
        return Found(topics=1, gone=1)
    with database.session() as session:
        return _compare(session, topic, posts)


def _compare(session: Session, topic: ForumTopic, posts: list[ForumPost]) -> Found:
    found = Found(topics=1)
    mine = hear_topic(session, topic)
    known = dict(session.execute(select(Post.id, Post.version).where(Post.topic_id == topic.id)).all())
    for post in posts:
        found.posts += known.get(post.id, 0) < post.version
        hear_post(session, post, title=topic.title, category_id=topic.category_id)
    accepted = next((post.id for post in posts if post.accepted), None)
    if accepted != mine.accepted_id:
        found.solved += 1
        if accepted:
            hear_solved(session, topic.id, accepted)
        else:
            mine.accepted_id = None
    for gone in known.keys() - set(topic.stream):
        session.get_one(Post, gone).deleted = True
        found.gone += 1
    return found
