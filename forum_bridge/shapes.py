"""What the forum's JSON says, as typed values; both forms of what changed between its versions are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from forum_bridge.errors import ForumError

Json = Mapping[str, Any]


@dataclass(frozen=True)
class ForumPost:
    """One post. `raw` is Markdown and empty where the forum did not send it; `cooked` is unsanitised HTML."""

    id: int
    topic_id: int
    number: int
    user_id: int
    username: str
    name: str
    raw: str
    cooked: str
    version: int
    accepted: bool
    deleted: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ForumTopic:
    """One topic with the posts that came with it; `stream` has the ids of all its posts."""

    id: int
    title: str
    slug: str
    category_id: int | None
    external_id: str
    tags: tuple[str, ...]
    posts_count: int
    closed: bool
    archetype: str
    created_at: datetime | None
    posts: tuple[ForumPost, ...] = ()
    stream: tuple[int, ...] = ()


@dataclass(frozen=True)
class Enqueued:
    """The forum holds the post back until a moderator has read it; it has no id yet."""


@dataclass(frozen=True)
class ForumUser:
    """A person's account on the forum."""

    id: int
    username: str
    name: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class ForumCategory:
    """A category; `parent` is the id of the one it lies in."""

    id: int
    name: str
    slug: str
    parent: int | None = field(default=None)


def moment(text: str) -> datetime:
    """A time of the forum, aware."""
    return datetime.fromisoformat(text)


def post_of(data: Json, raw: str = "") -> ForumPost:
    """A post from any answer or webhook that has one; `raw` is what we sent, for answers that leave it out."""
    try:
        return ForumPost(
            id=int(data["id"]),
            topic_id=int(data["topic_id"]),
            number=int(data["post_number"]),
            user_id=int(data.get("user_id") or 0),
            username=str(data.get("username") or ""),
            name=str(data.get("name") or ""),
            raw=str(data.get("raw") or raw),
            cooked=str(data.get("cooked") or ""),
            version=int(data.get("version") or 1),
            accepted=data.get("accepted_answer") is True,
            deleted=bool(data.get("deleted_at")),
            created_at=moment(data["created_at"]),
            updated_at=moment(data.get("updated_at") or data["created_at"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ForumError("forum-odd", reason=f"post without {error}") from error


def topic_of(data: Json) -> ForumTopic:
    """A topic from an answer (with its posts) or from a webhook (without)."""
    stream = data.get("post_stream") or {}
    try:
        return ForumTopic(
            id=int(data["id"]),
            title=str(data["title"]),
            slug=str(data.get("slug") or ""),
            category_id=data.get("category_id"),
            external_id=str(data.get("external_id") or ""),
            tags=tuple(map(tag_of, data.get("tags") or ())),
            posts_count=int(data.get("posts_count") or 0),
            closed=data.get("closed") is True,
            archetype=str(data.get("archetype") or "regular"),
            created_at=moment(data["created_at"]) if data.get("created_at") else None,
            posts=tuple(post_of({"topic_id": data["id"], **post}) for post in stream.get("posts") or ()),
            stream=tuple(map(int, stream.get("stream") or ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ForumError("forum-odd", reason=f"topic without {error}") from error


def tag_of(data: Any) -> str:
    """A tag's name: a string up to 3.5, an object with `name` later."""
    return str(data["name"]) if isinstance(data, Mapping) else str(data)


def user_of(data: Json) -> ForumUser:
    """A user from an answer or a webhook; the sign-on id stands at the top or in its own record."""
    record = data.get("single_sign_on_record") or {}
    return ForumUser(
        id=int(data["id"]),
        username=str(data["username"]),
        name=str(data.get("name") or ""),
        external_id=str(data.get("external_id") or record.get("external_id") or ""),
    )


def category_of(data: Json) -> ForumCategory:
    """A category from any answer that has one."""
    return ForumCategory(
        int(data["id"]), str(data["name"]), str(data.get("slug") or ""), data.get("parent_category_id")
    )
