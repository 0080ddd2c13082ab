"""Links: each course, lesson, assignment and mentorship has one topic on the forum, made when it is first needed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.texts import N_, Translate
from expert_db.database import Base, UTCDateTime, now
from forum_bridge.names import topic_id_of
from forum_bridge.outbox import put

ABOUT = N_("Questions and answers: {title}")
OPENING = N_("This topic belongs to “{title}”. Ask, answer and share experience here. On the platform: {address}")


@dataclass(frozen=True)
class Described:
    """What a subject is called in a language, and its page on the platform."""

    title: str
    path: str


class Link(Base):
    """A subject and its topic; `people` are the only members who may read it, or empty where its course decides."""

    __tablename__ = "links"

    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(50), unique=True)
    topic_id: Mapped[int | None] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(String(2))
    people: Mapped[list[str]] = mapped_column(JSON, default=list)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


def link(
    session: Session,
    subject: str,
    about: Described,
    translate: Translate,
    *,
    address: str,
    people: tuple[str, ...] = (),
) -> Link:
    """The link of a subject; a new one opens its topic through the outbox, once."""
    if found := session.get(Link, subject):
        return found
    made = Link(subject=subject, external_id=topic_id_of(subject), language=translate.language.code)
    made.people = list(people)
    session.add(made)
    put(
        session,
        "topic",
        marker=made.external_id,
        subject=subject,
        title=translate(ABOUT, title=about.title),
        raw=translate(OPENING, title=about.title, address=address + about.path),
        language=made.language,
        people=made.people,
    )
    return made


def of_topic(session: Session, topic_id: int) -> Link | None:
    """The link that a topic belongs to."""
    return session.scalar(select(Link).where(Link.topic_id == topic_id))


def root_of(subject: str) -> str:
    """The subject's first two parts, such as `course/e-waste`: what its category on the forum stands for."""
    return "/".join(subject.split("/")[:2])


def described(subject: str, _language: str) -> Described:
    """A subject by its own path, where nobody knows a better title."""
    kind, *rest = subject.split("/")
    names = [part for part in rest if part not in {"lesson", "assignment"}] or [kind]
    paths = {"course": f"/courses/{'/'.join(names)}", "mentorship": "/mentor"}
    return Described(" · ".join(name.replace("-", " ") for name in names), paths.get(kind, "/questions"))
