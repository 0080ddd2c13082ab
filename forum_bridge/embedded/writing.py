"""Creating and editing posts, and giving the same answer to the same request for two minutes."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from expert_db.database import now
from forum_bridge.embedded import rules, shapes
from forum_bridge.embedded.cooked import cook, slug_of
from forum_bridge.embedded.desk import Given, level, number, topic_for
from forum_bridge.embedded.hooks import tell
from forum_bridge.embedded.rules import Refused, forbidden
from forum_bridge.embedded.store import Answer, Category, Post, Topic, User
from forum_bridge.lengths import SHORTEST_POST, least_of, spoken

SAME_REQUEST = timedelta(seconds=120)
TRUE = {"true", "1", True}


def create(session: Session, user: User, fields: Given) -> dict[str, Any]:
    """A topic with its first post, or a reply; refused whole with every fault named."""
    raw = str(fields.get("raw") or "")
    if fields.get("topic_id"):
        topic = topic_for(session, user, number(fields, "topic_id"))
        _may_reply(session, user, topic)
        _check(rules.faults_of_body(session, user, raw))
        return shapes.post(session, add_post(session, user, topic, raw))
    return shapes.post(session, _open(session, user, fields, raw))


def _may_reply(session: Session, user: User, topic: Topic) -> None:
    if level(session, user, topic.category) > 2 or ((topic.closed or topic.archived) and not user.admin):
        raise forbidden()


def _open(session: Session, user: User, fields: Given, raw: str) -> Post:
    title = " ".join(str(fields.get("title") or "").split())
    private = fields.get("archetype") == "private_message"
    category = session.get(Category, number(fields, "category")) if fields.get("category") else None
    tags = [str(tag) for tag in fields.get("tags") or () if str(tag)]
    external_id = fields.get("external_id") or None
    if level(session, user, category) > 1:
        raise forbidden()
    _check(
        [
            *rules.faults_of_title(session, title),
            *rules.faults_of_body(session, user, raw),
            *([] if private else rules.faults_of_category(category)),
            *rules.faults_of_external_id(session, external_id),
            *rules.faults_of_tags(tags),
        ],
        anyway=fields.get("skip_validations") in TRUE,
    )
    topic = Topic(title=title, slug=slug_of(title), category=category, user=user, tags=tags, external_id=external_id)
    topic.archetype = "private_message" if private else "regular"
    session.add(topic)
    session.flush()
    post = add_post(session, user, topic, raw, quiet=True)
    tell(session, "topic", "topic_created", shapes.topic(session, topic))
    tell(session, "post", "post_created", shapes.hook_post(session, post))
    return post


def add_post(session: Session, user: User, topic: Topic, raw: str, *, quiet: bool = False) -> Post:
    """The next post of a topic, told by webhook unless the topic's own webhook comes first."""
    topic.number += 1
    post = Post(topic=topic, number=topic.number, user=user, raw=raw, cooked=cook(raw))
    session.add(post)
    session.flush()
    if not quiet:
        tell(session, "post", "post_created", shapes.hook_post(session, post))
    return post


def edit(session: Session, user: User, post: Post, raw: str) -> dict[str, Any]:
    """Replace a post's text; its author and administrators may."""
    if not (user.admin or user.id == post.user_id):
        raise forbidden()
    least = least_of(raw, SHORTEST_POST)
    if len(spoken(raw)) < least:
        raise Refused(422, f"Body is too short (minimum is {least} characters)")
    post.raw, post.cooked, post.updated_at = raw, cook(raw), now()
    post.version += 1
    session.flush()
    tell(session, "post", "post_edited", shapes.hook_post(session, post))
    return {"post": shapes.post(session, post)}


def _check(faults: list[str], *, anyway: bool = False) -> None:
    if faults and not anyway:
        raise Refused(422, *faults, action="create_post")


def once(session: Session, user: User, fields: Given, make: Callable[[], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    """The answer to a request to create: the first one again if the same was asked within two minutes, errors too."""
    text = json.dumps([user.id, fields], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.execute(delete(Answer).where(Answer.at < now() - SAME_REQUEST))
    if first := session.get(Answer, digest):
        return first.status, first.body
    try:
        with session.begin_nested():
            status, body = 200, make()
    except Refused as refused:
        status, body = refused.status, refused.body
    session.add(Answer(digest=digest, status=status, body=body))
    return status, body
