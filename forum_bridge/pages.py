"""The pages of questions and threads: `/ask`, `/threads/{topic_id}`, `/questions`."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from conventions.vocabulary import find, label
from expert_db.events import record
from expert_db.members import Member
from expert_db.visit import Visit, here
from forum_bridge import asking, outbox, threads
from forum_bridge.asking import Draft
from forum_bridge.forum import Forum, forum_of
from forum_bridge.language import language_of
from forum_bridge.lengths import LONGEST_POST, SHORTEST_POST
from forum_bridge.links import Described, Link, described, of_topic
from forum_bridge.mirror import Post, Topic
from forum_bridge.rights import GENERAL, Reader, asked_about, may_read, thread_unknown

router = APIRouter()
LARGEST_ID = 2**31 - 1


async def posted(visit: Visit = Depends(here)) -> dict[str, str]:
    """The fields of a form, for pages that then work on the database in a thread of their own."""
    return await visit.form()


@router.get("/ask")
def question(subject: str = GENERAL, visit: Visit = Depends(here), forum: Forum = Depends(forum_of)) -> Response:
    """Write a question; asking in a mentorship is writing in its thread."""
    member = visit.signed_in()
    with visit.database.session() as session:
        asked_about(session, member, subject)
        link = session.get(Link, subject)
        if subject.startswith("mentorship/"):
            return visit.go(f"/threads/{link.topic_id}" if link and link.topic_id else "/questions")
    return _form(visit, forum, Draft(subject, "", ""))


@router.post("/ask")
def look_or_post(
    fields: dict[str, str] = Depends(posted), visit: Visit = Depends(here), forum: Forum = Depends(forum_of)
) -> Response:
    """First shows what already answers the question; posts it when she still needs help."""
    member = visit.signed_in()
    draft = Draft(
        fields.get("subject", ""),
        fields.get("title", "").strip(),
        fields.get("text", "").strip(),
        wants_mentor=fields.get("mentor") == "yes",
    )
    faults = draft.faults(visit.translate)
    with visit.database.session() as session:
        asked_about(session, member, draft.subject)
        # Refused here if the course has no such lesson, before anything is kept.
        forum.describe(draft.subject, visit.language.code)
        if faults:
            return _form(visit, forum, draft, faults)
        if fields.get("step") != "post":
            return _answers(visit, forum, session, draft)
        asking.ask(session, member, draft)
    forum.wake()
    return visit.go("/questions", visit.translate(N_("Your question is kept and will be in the forum shortly.")))


def _form(visit: Visit, forum: Forum, draft: Draft, faults: dict[str, str] | None = None) -> HTMLResponse:
    about = forum.describe(draft.subject, visit.language.code)
    status = 422 if faults else 200
    return visit.show("forum/ask.html", status=status, draft=draft, about=about, general=GENERAL, faults=faults or {})


def _answers(visit: Visit, forum: Forum, session: Session, draft: Draft) -> HTMLResponse:
    member = visit.signed_in()
    language = language_of(draft.whole, member.language)
    reader = Reader(session, member)
    found = forum.index.search(session, draft.whole, language, may_read=reader)
    rows = threads.lines(session, [session.get_one(Topic, similar.topic) for similar in found])
    concepts = find(draft.whole, language)
    return visit.show(
        "forum/similar.html",
        draft=draft,
        about=forum.describe(draft.subject, visit.language.code),
        found=[(row, _why(visit, similar.concepts), similar.words) for row, similar in zip(rows, found, strict=True)],
        concepts=_why(visit, tuple(concepts)),
        experts=asking.told(session, concepts),
    )


def _why(visit: Visit, concepts: tuple[str, ...]) -> list[str]:
    return [label(key, visit.language.code) for key in concepts]


@router.post("/ask/helped")
def helped(fields: dict[str, str] = Depends(posted), visit: Visit = Depends(here)) -> RedirectResponse:
    """A thread answered her before she asked: noted, since it is what threads are kept for."""
    member = visit.signed_in()
    with visit.database.session() as session:
        topic = _readable(session, member, _number(fields.get("topic", "")))
        record(session, "helped", actor=member.name, subject=topic.subject, topic=topic.id)
    return visit.go(f"/threads/{topic.id}", visit.translate(N_("Good. Nothing was posted.")))


@router.get("/threads/{topic_id}")
def thread(topic_id: str, visit: Visit = Depends(here), forum: Forum = Depends(forum_of)) -> HTMLResponse:
    """What was said in a topic, the accepted answer before the others."""
    return _thread(visit, forum, _number(topic_id))


def _thread(visit: Visit, forum: Forum, number: int, text: str = "", error: str = "") -> HTMLResponse:
    member = visit.signed_in()
    with visit.database.session() as session:
        topic = _readable(session, member, number)
        said = threads.posts(session, topic)
        kept = [entry for entry in outbox.waiting(session, asking.thread_of(session, topic)) if _mine(entry, member)]
        values: dict[str, Any] = {
            "topic": threads.lines(session, [topic])[0],
            "first": next((post for post in said if post.number == 1), None),
            "accepted": next((post for post in said if post.accepted), None),
            "replies": [post for post in said if post.number > 1 and not post.accepted],
            "waiting": [entry for entry in kept if entry.kind == "post"],
            "accepting": any(entry.kind == "solution" for entry in kept),
            "may_accept": asking.may_accept(member, topic),
            "linked": of_topic(session, number) is not None,
            "closed": topic.closed,
        }
    about = _about(forum, topic.subject, visit.language.code)
    return visit.show("forum/thread.html", status=422 if error else 200, about=about, text=text, error=error, **values)


def _about(forum: Forum, subject: str, language: str) -> Described | None:
    """What a thread is about; it stays readable when its course is no longer in the catalogue."""
    try:
        return forum.describe(subject, language) if subject else None
    except ClearingHouseError:
        return described(subject, language)


def _mine(entry: outbox.Entry, member: Member) -> bool:
    return entry.author == member.name or entry.kind == "solution"


@router.post("/threads/{topic_id}/answer")
def answer(
    topic_id: str,
    fields: dict[str, str] = Depends(posted),
    visit: Visit = Depends(here),
    forum: Forum = Depends(forum_of),
) -> Response:
    """Write in a thread; what is too short is shown again with the reason."""
    member, number, text = visit.signed_in(), _number(topic_id), fields.get("text", "").strip()
    if error := asking.fault(text, SHORTEST_POST, LONGEST_POST, visit.translate):
        return _thread(visit, forum, number, text, error)
    with visit.database.session() as session:
        asking.answer(session, member, _readable(session, member, number), text)
    forum.wake()
    return visit.go(f"/threads/{number}#waiting", visit.translate(N_("Your answer is kept and will be posted.")))


@router.post("/threads/{topic_id}/accept")
def accept(
    topic_id: str,
    fields: dict[str, str] = Depends(posted),
    visit: Visit = Depends(here),
    forum: Forum = Depends(forum_of),
) -> RedirectResponse:
    """The asker says which post answered her."""
    member, number = visit.signed_in(), _number(topic_id)
    with visit.database.session() as session:
        topic = _readable(session, member, number)
        post = session.get(Post, _number(fields.get("post", "")))
        if post is None or post.topic_id != topic.id or post.number == 1 or not asking.may_accept(member, topic):
            raise thread_unknown()
        asking.accept(session, member, topic, post)
    forum.wake()
    return visit.go(f"/threads/{number}", visit.translate(N_("Thank you. The answer is being marked for others.")))


@router.get("/questions")
def questions(visit: Visit = Depends(here)) -> HTMLResponse:
    """What I could answer, and what I asked."""
    member = visit.signed_in()
    with visit.database.session() as session:
        open_ones = threads.unanswered(session, member, Reader(session, member))
        mine = threads.mine(session, member)
    return visit.show("forum/questions.html", open_ones=open_ones, mine=mine, has_field=bool(member.expertise))


def _number(text: str) -> int:
    """A topic's or post's number in an address; anything else leads to no thread."""
    if not (text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID):
        raise thread_unknown()
    return int(text)


def _readable(session: Session, member: Member, number: int) -> Topic:
    topic = session.get(Topic, number)
    if topic is None or topic.deleted or not may_read(session, member, topic.subject):
        raise thread_unknown()
    return topic
