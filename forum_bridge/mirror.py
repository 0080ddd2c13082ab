"""The mirror: what the forum has said, kept here so that pages and searches need not ask it.

The forum's news comes in any order and more than once; a post is replaced only by a later version of itself, and
is counted as an answer once, when it is first heard of, whether the outbox or a webhook hears of it first.
"""

from datetime import datetime
from typing import Any

import nh3
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.languages import SOURCE
from conventions.vocabulary import find
from expert_db.database import Base, UTCDateTime, now
from expert_db.events import record
from expert_db.members import Member
from forum_bridge.language import language_of
from forum_bridge.links import Link, of_topic, root_of
from forum_bridge.outbox import Entry, State, by_marker, unmarked
from forum_bridge.shapes import ForumPost, ForumTopic, ForumUser


class Person(Base):
    """A member's account on the forum."""

    __tablename__ = "forum_people"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member: Mapped[str] = mapped_column(String(128), unique=True)
    username: Mapped[str] = mapped_column(String(60))


class Topic(Base):
    """A topic of the forum. `subject` is `""` where it belongs to nothing of the platform.

    `asked` is the outbox entry of a question asked on the platform; `concepts` are keys of the vocabulary.
    """

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(255), default="", index=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    category_id: Mapped[int | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(2), default=SOURCE)
    concepts: Mapped[list[str]] = mapped_column(JSON, default=list)
    author: Mapped[str] = mapped_column(String(128), default="", index=True)
    asked: Mapped[int | None]
    accepted_id: Mapped[int | None]
    closed: Mapped[bool] = mapped_column(default=False)
    deleted: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Post(Base):
    """A post of the forum: `raw` without our marker, `cooked` sanitised. `author` is `""` for who is no member.

    A post can be heard of before its topic, so nothing ties their rows together.
    """

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    author: Mapped[str] = mapped_column(String(128), default="", index=True)
    byline: Mapped[str] = mapped_column(String(255), default="")
    raw: Mapped[str]
    cooked: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int]
    deleted: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


def hear_topic(session: Session, heard: ForumTopic) -> Topic:
    """Keep what a topic says of itself."""
    topic = _topic(
        session,
        heard.id,
        heard.title,
        heard.category_id,
        entry=by_marker(session, heard.external_id),
        at=heard.created_at,
    )
    topic.title, topic.closed = heard.title, heard.closed
    return topic


def hear_post(session: Session, heard: ForumPost, *, title: str = "", category_id: int | None = None) -> Post:
    """Keep a post, unless a later version of it is kept already."""
    raw, marker = unmarked(heard.raw)
    entry = by_marker(session, marker)
    opening = entry if heard.number == 1 else None
    topic = _topic(session, heard.topic_id, title, category_id, entry=opening, at=heard.created_at)
    post = session.get(Post, heard.id)
    new = post is None
    if post is not None and (post.version, post.updated_at) >= (heard.version, heard.updated_at):
        return post
    post = post or Post(id=heard.id, topic_id=topic.id, number=heard.number, at=heard.created_at)
    author = session.get(Person, heard.user_id)
    post.author, post.byline = author.member if author else "", heard.name or heard.username
    post.raw, post.cooked = raw, nh3.clean(heard.cooked, link_rel="noopener nofollow ugc")
    post.language = language_of(raw, _reads(session, post.author, topic.language))
    post.version, post.updated_at, post.deleted = heard.version, heard.updated_at, heard.deleted
    session.add(post)
    _settle(entry, post)
    if post.number == 1:
        _opened(session, topic, post)
    elif new and not post.deleted:
        _tell(session, "answered", topic, post, actor=post.author)
    return post


def hear_solved(session: Session, topic_id: int, post_id: int, *, by: str = "") -> None:
    """Keep that a post was accepted; the event is written once for each post."""
    topic, post = session.get(Topic, topic_id), session.get(Post, post_id)
    if topic is None or post is None or topic.accepted_id == post_id:
        return
    topic.accepted_id = post_id
    _tell(session, "solved", topic, post, actor=by or topic.author, author=post.author)


def hear_user(session: Session, user: ForumUser, member: str) -> Person:
    """Keep which account is a member's, and whose the posts are that were heard of before."""
    person = session.scalar(select(Person).where(Person.member == member))
    if person is not None and person.user_id != user.id:
        session.delete(person)
        session.flush()
        person = None
    person = person or session.get(Person, user.id) or Person(user_id=user.id)
    person.member, person.username = member, user.username
    session.add(person)
    session.flush()
    return person


def _topic(
    session: Session,
    topic_id: int,
    title: str,
    category_id: int | None,
    *,
    entry: Entry | None,
    at: datetime | None,
) -> Topic:
    topic = session.get(Topic, topic_id)
    if topic is None:
        topic = Topic(id=topic_id, title=title, at=at or now())
        session.add(topic)
    topic.title, topic.category_id = title or topic.title, category_id or topic.category_id
    if entry is not None and entry.kind == "topic":
        _belongs(session, topic, entry)
    if not topic.subject:
        topic.subject = _subject(session, topic)
    session.flush()
    return topic


def _belongs(session: Session, topic: Topic, entry: Entry) -> None:
    """Tie a topic to the entry that opened it; `linked` is written the first time."""
    payload = entry.payload
    topic.subject, topic.author = payload["subject"], entry.author
    found = session.get(Link, topic.subject)
    if found is not None and found.external_id == entry.marker:
        new, found.topic_id = found.topic_id is None, topic.id
    else:
        new, topic.asked = topic.asked is None, entry.id
    if new:
        record(session, "linked", actor=entry.author, subject=topic.subject, topic=topic.id, outbox=entry.id)


def _subject(session: Session, topic: Topic) -> str:
    """What a topic that was opened on the forum itself belongs to: the course of its category, if any."""
    if found := of_topic(session, topic.id):
        return found.subject
    if topic.category_id is None:
        return ""
    query = select(Topic.subject).where(Topic.category_id == topic.category_id, Topic.subject.startswith("course/"))
    return root_of(session.scalar(query.limit(1)) or "")


def _settle(entry: Entry | None, post: Post) -> None:
    if entry is not None and entry.state != State.SENT:
        entry.state, entry.error = State.SENT, ""
        entry.topic_id, entry.post_id = post.topic_id, post.id


def _opened(session: Session, topic: Topic, post: Post) -> None:
    topic.language, topic.author = post.language, topic.author or post.author
    topic.concepts = find(f"{topic.title}\n{post.raw}", post.language)
    topic.deleted = post.deleted
    session.flush()


def _reads(session: Session, member: str, default: str) -> str:
    language = session.scalar(select(Member.language).where(Member.name == member)) if member else None
    return language or default


def _tell(session: Session, kind: str, topic: Topic, post: Post, *, actor: str, **more: Any) -> None:
    if topic.subject:
        about = {"topic": topic.id, "post": post.id, "asked": topic.asked, "concepts": topic.concepts}
        record(session, kind, actor=actor, subject=topic.subject, language=post.language, **about, **more)
