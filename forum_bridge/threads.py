"""Threads and questions as the pages show them, read from the mirror and the outbox."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conventions.languages import LANGUAGES, Language
from expert_db.members import Member
from forum_bridge.links import Link
from forum_bridge.mirror import Post, Topic
from forum_bridge.outbox import Entry, State

UNANSWERED_SHOWN = 30


@dataclass(frozen=True)
class Said:
    """One post: sanitised HTML, its language, who wrote it; `by` is a member's user name, or empty."""

    id: int
    number: int
    by: str
    author: str
    language: Language
    cooked: Markup
    at: datetime
    accepted: bool


@dataclass(frozen=True)
class Line:
    """A thread in a list."""

    id: int
    title: str
    language: Language
    subject: str
    answers: int
    solved: bool
    at: datetime


@dataclass(frozen=True)
class Asked:
    """One of my questions: its thread, or how it waits for one."""

    title: str
    language: Language
    state: State
    error: str
    at: datetime
    line: Line | None


def posts(session: Session, topic: Topic) -> list[Said]:
    """All that was said in a topic, in order."""
    query = select(Post).where(Post.topic_id == topic.id, Post.deleted.is_(False)).order_by(Post.number)
    rows = session.scalars(query).all()
    names = _names(session, {post.author for post in rows})
    return [_said(post, names, topic.accepted_id) for post in rows]


def last(session: Session, topic_id: int) -> Said | None:
    """What was said last in a topic; what opened it is the platform's own and does not count."""
    query = select(Post).where(Post.topic_id == topic_id, Post.number > 1, Post.deleted.is_(False))
    post = session.scalar(query.order_by(Post.number.desc()).limit(1))
    return _said(post, _names(session, {post.author}), None) if post else None


def _said(post: Post, names: dict[str, str], accepted: int | None) -> Said:
    return Said(
        id=post.id,
        number=post.number,
        by=post.author,
        author=names.get(post.author, post.byline),
        language=LANGUAGES[post.language],
        cooked=Markup(post.cooked),  # noqa: S704 - sanitised when it was heard
        at=post.at,
        accepted=post.id == accepted,
    )


def _names(session: Session, members: set[str]) -> dict[str, str]:
    query = select(Member.name, Member.full_name).where(Member.name.in_(members))
    return dict(session.execute(query).all())


def lines(session: Session, topics: Iterable[Topic]) -> list[Line]:
    """Topics as list rows, in the order given."""
    rows = list(topics)
    count = select(Post.topic_id, func.count()).where(
        Post.topic_id.in_([t.id for t in rows]), Post.number > 1, Post.deleted.is_(False)
    )
    answers = dict(session.execute(count.group_by(Post.topic_id)).all())
    return [
        Line(t.id, t.title, LANGUAGES[t.language], t.subject, answers.get(t.id, 0), bool(t.accepted_id), t.at)
        for t in rows
    ]


def of_subject(session: Session, subject: str, limit: int) -> tuple[Sequence[Topic], int]:
    """The latest questions on a subject and on all that lies under it, and how many there are.

    The topics that subjects are linked with are no questions, so they are not among them.
    """
    under = (Topic.subject == subject) | Topic.subject.startswith(f"{subject}/", autoescape=True)
    linked = select(Link.topic_id).where(Link.topic_id.is_not(None))
    query = select(Topic).where(under, Topic.deleted.is_(False), Topic.id.not_in(linked))
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    latest = select(func.max(Post.at)).where(Post.topic_id == Topic.id).scalar_subquery()
    return session.scalars(query.order_by(latest.desc(), Topic.id.desc()).limit(limit)).all(), count


def mine(session: Session, member: Member, subject: str = "") -> list[Asked]:
    """A member's questions, the latest first, with where each stands."""
    query = select(Entry).where(Entry.kind == "topic", Entry.author == member.name).order_by(Entry.id.desc())
    entries = [e for e in session.scalars(query) if not subject or _under(e.payload["subject"], subject)]
    topics = session.scalars(select(Topic).where(Topic.id.in_([e.topic_id for e in entries if e.topic_id])))
    known = {line.id: line for line in lines(session, topics)}
    return [_asked(entry, known.get(entry.topic_id or 0)) for entry in entries]


def _under(subject: str, root: str) -> bool:
    return subject == root or subject.startswith(f"{root}/")


def _asked(entry: Entry, line: Line | None) -> Asked:
    language = LANGUAGES[entry.payload["language"]]
    return Asked(entry.payload["title"], language, State(entry.state), entry.error, entry.at, line)


def unanswered(session: Session, member: Member, may_read: Callable[[str], bool]) -> list[Line]:
    """Questions nobody but the asker has written under, in the member's field if she named one, oldest first."""
    replied = select(Post.id).where(
        Post.topic_id == Topic.id, Post.number > 1, Post.author != Topic.author, Post.deleted.is_(False)
    )
    query = select(Topic).where(
        Topic.asked.is_not(None), Topic.deleted.is_(False), Topic.accepted_id.is_(None), ~replied.exists()
    )
    field = set(member.expertise)
    open_ones = [
        topic
        for topic in session.scalars(query.order_by(Topic.at, Topic.id))
        if topic.author != member.name and (not field or field & set(topic.concepts)) and may_read(topic.subject)
    ]
    return lines(session, open_ones[:UNANSWERED_SHOWN])
