"""Routes of topics and posts."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from expert_db.database import now
from forum_bridge.embedded import rules, shapes, writing
from forum_bridge.embedded.cooked import slug_of
from forum_bridge.embedded.desk import Asking, Caller, Fields, Given, needed, number, post_for, topic_for
from forum_bridge.embedded.hooks import tell
from forum_bridge.embedded.rules import Refused, forbidden, missing
from forum_bridge.embedded.store import Like, Topic

router = APIRouter()
TRUE = {"true", "1", True}
STATUSES = {"closed", "archived", "visible", "pinned"}


@router.post("/posts.json")
def create(caller: Caller = Asking, fields: Given = Fields) -> JSONResponse:
    try:
        with caller.store.writing() as session:
            user = caller.user(session)
            status, body = writing.once(session, user, fields, lambda: writing.create(session, user, fields))
    except IntegrityError as error:
        # What `skip_validations` lets through, the database does not: the forum answers 500 here.
        raise Refused(500, "External ID has already been taken") from error
    return JSONResponse(body, status)


@router.get("/posts/{post_id:int}.json")
def post(post_id: int, caller: Caller = Asking) -> dict[str, Any]:
    with caller.store.reading() as session:
        return shapes.post(session, post_for(session, caller.user(session), post_id))


@router.put("/posts/{post_id:int}.json")
def edit(post_id: int, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    with caller.store.writing() as session:
        user = caller.user(session)
        row = post_for(session, user, post_id)
        return writing.edit(session, user, row, needed(fields.get("post") or {}, "raw"))


@router.get("/t/external_id/{external_id}.json")
def by_external_id(external_id: str, caller: Caller = Asking) -> Response:
    with caller.store.reading() as session:
        topic = session.scalar(select(Topic).where(Topic.external_id == external_id))
        if topic is None:
            raise missing()
        topic_for(session, caller.user(session), topic.id)
        return RedirectResponse(f"/t/{topic.slug}/{topic.id}.json", status_code=301)


@router.get("/t/{topic_id:int}/posts.json")
def posts(topic_id: int, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    ids = [int(i) for i in fields.get("post_ids") or () if str(i).isdecimal()]
    with caller.store.reading() as session:
        topic = topic_for(session, caller.user(session), topic_id)
        found = shapes.some(session, topic, ids[: shapes.PAGE], fields.get("include_raw") in TRUE)
        return {"post_stream": {"posts": found}, "id": topic.id}


@router.get("/t/{topic_id:int}.json")
@router.get("/t/{slug}/{topic_id:int}.json")
def topic(topic_id: int, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    with caller.store.reading() as session:
        found = topic_for(session, caller.user(session), topic_id)
        return shapes.topic_view(session, found, raw=fields.get("include_raw") in TRUE)


@router.put("/t/-/{topic_id:int}.json")
def change(topic_id: int, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    with caller.store.writing() as session:
        user = caller.user(session)
        topic = session.get(Topic, topic_id)
        if topic is None or not (user.admin or topic.user_id == user.id):
            raise forbidden()
        if fields.get("original_title") not in {None, topic.title}:
            raise Refused(409, "That topic was edited by somebody else.", kind="edit_conflict")
        _change(session, topic, fields)
        tell(session, "topic", "topic_edited", shapes.topic(session, topic))
        return {"basic_topic": shapes.topic(session, topic)}


def _change(session: Any, topic: Topic, fields: Given) -> None:
    tags = [str(tag) for tag in fields.get("tags") or () if str(tag)]
    faults = rules.faults_of_tags(tags)
    if title := str(fields.get("title") or ""):
        faults += rules.faults_of_title(session, title, but=topic.id)
    if faults:
        raise Refused(422, *faults)
    if title:
        topic.title, topic.slug = title, slug_of(title)
    if "tags" in fields:
        topic.tags = tags
    if fields.get("category_id"):
        topic.category_id = int(fields["category_id"])


@router.put("/t/{topic_id:int}/status.json")
def status(topic_id: int, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    name, enabled = needed(fields, "status"), fields.get("enabled") in TRUE
    if name not in STATUSES:
        raise Refused(400, f"invalid value: {name}", kind="invalid_parameters")
    with caller.store.writing() as session:
        topic = topic_for(session, caller.admin(session), topic_id)
        setattr(topic, name, enabled)
        tell(session, "topic", f"topic_{name}_status_updated", shapes.topic(session, topic))
    return {"success": "OK", "topic_status_update": None}


@router.post("/post_actions.json")
def like(caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    with caller.store.writing() as session:
        user = caller.user(session)
        row = post_for(session, user, number(fields, "id"))
        if user.id == row.user_id or session.get(Like, (row.id, user.id)) is not None:
            raise forbidden()
        session.add(Like(post_id=row.id, user_id=user.id))
        session.flush()
        return shapes.post(session, row)


@router.delete("/post_actions/{post_id:int}")
@router.delete("/post_actions/{post_id:int}.json")
def unlike(post_id: int, caller: Caller = Asking) -> dict[str, Any]:
    with caller.store.writing() as session:
        user = caller.user(session)
        row = post_for(session, user, post_id)
        if found := session.get(Like, (row.id, user.id)):
            session.delete(found)
            session.flush()
        return shapes.post(session, row)


@router.post("/solution/{verb}")
def solution(verb: str, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    if verb.removesuffix(".json") not in {"accept", "unaccept"}:
        raise missing()
    accept = verb.startswith("accept")
    with caller.store.writing() as session:
        user = caller.user(session)
        row = post_for(session, user, number(fields, "id"))
        if row.number == 1 or not (user.admin or user.id == row.topic.user_id):
            raise forbidden()
        row.topic.accepted_id = row.id if accept else None
        row.updated_at = now()
        session.flush()
        event = "accepted_solution" if accept else "unaccepted_solution"
        tell(session, "solved", event, shapes.hook_post(session, row))
    return {"success": "OK"}
