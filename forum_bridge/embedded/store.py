"""The embedded forum's own tables, one writer at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from expert_db.database import Database, UTCDateTime, now

SYSTEM = "system"


class Base(DeclarativeBase):
    """Tables of the forum's own database; the platform's are elsewhere."""


class User(Base):
    """An account; `external_id` is the member it belongs to."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    admin: Mapped[bool] = mapped_column(default=False)


class Group(Base):
    """A named set of users."""

    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    members: Mapped[list[str]] = mapped_column(JSON, default=list)


class Category(Base):
    """A category; `permissions` are group → 1 write, 2 reply, 3 read. Empty: everyone writes."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    permissions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class Topic(Base):
    """A topic; `number` is the last post number given out."""

    __tablename__ = "topics"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    slug: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    external_id: Mapped[str | None] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    archetype: Mapped[str] = mapped_column(default="regular")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    closed: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    visible: Mapped[bool] = mapped_column(default=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    accepted_id: Mapped[int | None]
    number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    category: Mapped[Category | None] = relationship()
    user: Mapped[User] = relationship()


class Post(Base):
    """A post; `version` grows with every edit."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("topic_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), index=True)
    number: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    raw: Mapped[str]
    cooked: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    topic: Mapped[Topic] = relationship()
    user: Mapped[User] = relationship()


class Like(Base):
    """That a user likes a post."""

    __tablename__ = "likes"
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Answer(Base):
    """What a request to create was answered, given again to the same request for two minutes."""

    __tablename__ = "answers"
    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    status: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class Hook(Base):
    """A webhook that waits for the platform to hear it; its row is deleted when it has."""

    __tablename__ = "hooks"
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    event: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Attempt(Base):
    """One try to deliver a webhook; its id is the Event-Id, so every retry has a new one."""

    __tablename__ = "attempts"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    event: Mapped[str]


class Store:
    """The forum's database. SQLite has one writer, so writers queue here instead of failing there."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._database = Database(f"sqlite:///{home / 'forum.sqlite'}")
        self._lock = threading.Lock()
        self.written = threading.Event()
        Base.metadata.create_all(self._database.engine)
        with self.writing() as session:
            if session.get(User, 1) is None:
                session.add(User(id=1, username=SYSTEM, name=SYSTEM, email="system@members.invalid", admin=True))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        with self._database.session() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction of the one writer; who waits for news is woken after it."""
        with self._lock, self._database.session() as session:
            yield session
        self.written.set()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
