"""The embedded forum's rows as the JSON that Discourse answers and sends."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum_bridge.embedded.store import Category, Like, Post, Topic, User

PAGE = 20
VERSION = "3.5.0"

Json = dict[str, Any]


def post(session: Session, row: Post, *, raw: bool = True) -> Json:
    """A post; `raw` only where it was asked for, as in the contract."""
    shape = {
        "id": row.id,
        "topic_id": row.topic_id,
        "topic_slug": row.topic.slug,
        "post_number": row.number,
        "post_type": 1,
        "user_id": row.user_id,
        "username": row.user.username,
        "name": row.user.name,
        "cooked": row.cooked,
        "version": row.version,
        "created_at": _moment(row.created_at),
        "updated_at": _moment(row.updated_at),
        "accepted_answer": row.topic.accepted_id == row.id,
        "actions_summary": [{"id": 2, "count": _likes(session, row)}],
    }
    return {**shape, "raw": row.raw} if raw else shape


def hook_post(session: Session, row: Post) -> Json:
    """A post as its webhook tells it."""
    topic = row.topic
    return {
        **post(session, row),
        "topic_title": topic.title,
        "topic_archetype": topic.archetype,
        "topic_posts_count": _count(session, topic),
        "category_id": topic.category_id,
        "category_slug": topic.category.slug if topic.category else None,
    }


def topic(session: Session, row: Topic) -> Json:
    """A topic without its posts, as its webhook tells it."""
    accepted = session.get(Post, row.accepted_id) if row.accepted_id else None
    return {
        "id": row.id,
        "title": row.title,
        "fancy_title": row.title,
        "slug": row.slug,
        "external_id": row.external_id,
        "category_id": row.category_id,
        "archetype": row.archetype,
        "tags": row.tags,
        "closed": row.closed,
        "archived": row.archived,
        "visible": row.visible,
        "pinned": row.pinned,
        "posts_count": _count(session, row),
        "created_at": _moment(row.created_at),
        "created_by": basic_user(row.user),
        "accepted_answer": accepted and {"post_number": accepted.number, "username": accepted.user.username},
    }


def topic_view(session: Session, row: Topic, *, raw: bool) -> Json:
    """A topic with its first posts and the ids of all."""
    stream = list(session.scalars(select(Post.id).where(Post.topic_id == row.id).order_by(Post.number)))
    return {**topic(session, row), "post_stream": {"posts": some(session, row, stream[:PAGE], raw), "stream": stream}}


def some(session: Session, row: Topic, ids: list[int], raw: bool) -> list[Json]:
    """These posts of a topic, in order; ids of other topics are left out."""
    query = select(Post).where(Post.topic_id == row.id, Post.id.in_(ids)).order_by(Post.number)
    return [post(session, found, raw=raw) for found in session.scalars(query)]


def basic_user(row: User) -> Json:
    """A user as it stands beside a topic."""
    return {"id": row.id, "username": row.username, "name": row.name}


def category(row: Category) -> Json:
    """A category."""
    return {
        "id": row.id,
        "name": row.name,
        "slug": row.slug,
        "parent_category_id": row.parent_id,
        "read_restricted": bool(row.permissions),
        "group_permissions": [
            {"group_name": group, "permission_type": level} for group, level in row.permissions.items()
        ],
    }


def _likes(session: Session, row: Post) -> int:
    return session.scalar(select(func.count()).where(Like.post_id == row.id)) or 0


def _count(session: Session, row: Topic) -> int:
    return session.scalar(select(func.count()).where(Post.topic_id == row.id)) or 0


def _moment(at: Any) -> str:
    """Milliseconds and a `Z`, as the forum writes times."""
    return f"{at.strftime('%Y-%m-%dT%H:%M:%S')}.{at.microsecond // 1000:03d}Z"
