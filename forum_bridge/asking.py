"""Asking and answering: what a member writes is checked, kept in the outbox and told in the event log."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.texts import Translate
from conventions.vocabulary import find
from expert_db.events import record
from expert_db.members import Member, Role, Standing
from forum_bridge.language import language_of
from forum_bridge.lengths import LONGEST_POST, LONGEST_TITLE, SHORTEST_POST, SHORTEST_TITLE, least_of, spoken
from forum_bridge.links import Link
from forum_bridge.mirror import Post, Topic
from forum_bridge.outbox import Entry, State, put, unmarked


@dataclass(frozen=True)
class Draft:
    """A question before it is posted."""

    subject: str
    title: str
    text: str
    wants_mentor: bool = False

    @property
    def whole(self) -> str:
        """Title and text, as threads are compared with it."""
        return f"{self.title}\n{self.text}"

    def faults(self, translate: Translate) -> dict[str, str]:
        """A sentence for each field that the forum would not take."""
        found = {
            "title": fault(self.title, SHORTEST_TITLE, LONGEST_TITLE, translate),
            "text": fault(self.text, SHORTEST_POST, LONGEST_POST, translate),
        }
        return {name: sentence for name, sentence in found.items() if sentence}


def fault(text: str, usual: int, most: int, translate: Translate) -> str:
    """What is wrong with the length of a text, or `""`."""
    least, length = least_of(text, usual), len(spoken(text))
    if length < least:
        return translate.plural(
            "Write at least {n} character more, so that others understand what you mean.",
            "Write at least {n} characters more, so that others understand what you mean.",
            least - length,
        )
    if length > most:
        return translate.plural(
            "This is {n} character too long. Shorten it.", "This is {n} characters too long. Shorten it.", length - most
        )
    return ""


def ask(session: Session, member: Member, draft: Draft) -> Entry:
    """Keep a question; it becomes a topic of its own as soon as the forum takes it, and the log knows it now."""
    language = language_of(draft.whole, member.language)
    concepts = find(draft.whole, language)
    title = " ".join(unmarked(draft.title)[0].split())
    entry = put(
        session,
        "topic",
        author=member.name,
        subject=draft.subject,
        title=title,
        raw=draft.text,
        language=language,
        concepts=concepts,
    )
    record(
        session,
        "asked",
        actor=member.name,
        subject=draft.subject,
        topic=None,
        title=title,
        language=language,
        concepts=concepts,
        wants_mentor=draft.wants_mentor,
        outbox=entry.id,
    )
    return entry


def thread_of(session: Session, topic: Topic) -> str:
    """The outbox's thread of a topic, so that what is said in it keeps its order."""
    opened = select(Entry.thread).where(Entry.kind == "topic", Entry.topic_id == topic.id)
    link = select(Link.external_id).where(Link.topic_id == topic.id)
    return session.scalar(opened.limit(1)) or session.scalar(link) or f"topic-{topic.id}"


def answer(session: Session, member: Member, topic: Topic, text: str) -> Entry:
    """Keep a reply for the forum."""
    return put(session, "post", thread=thread_of(session, topic), author=member.name, topic_id=topic.id, raw=text)


def may_accept(member: Member, topic: Topic) -> bool:
    """Who asked knows what helped; the Secretariat may say it for her."""
    return member.role == Role.SECRETARIAT or (topic.author == member.name and bool(topic.author))


def accept(session: Session, member: Member, topic: Topic, post: Post) -> Entry | None:
    """Keep that a post is accepted; None if it is, or is on its way, already."""
    thread = thread_of(session, topic)
    underway = select(Entry).where(
        Entry.thread == thread, Entry.kind == "solution", Entry.state.in_((State.WAITING, State.HELD))
    )
    if topic.accepted_id == post.id or any(e.payload["post_id"] == post.id for e in session.scalars(underway)):
        return None
    # The forum is told by the asker, or by its own account for the Secretariat.
    author = member.name if topic.author == member.name else ""
    return put(session, "solution", thread=thread, author=author, topic_id=topic.id, post_id=post.id)


def told(session: Session, concepts: list[str]) -> int:
    """How many experts will find a question with these concepts among the unanswered ones of their field."""
    experts = select(Member.expertise).where(Member.role == Role.EXPERT, Member.standing == Standing.APPROVED)
    return sum(bool(set(concepts) & expertise.keys()) for expertise in session.scalars(experts))
