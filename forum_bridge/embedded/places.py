"""Routes of categories, groups, people and search."""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum_bridge.embedded import shapes
from forum_bridge.embedded.cooked import slug_of
from forum_bridge.embedded.desk import Asking, Caller, Fields, Given, level, needed
from forum_bridge.embedded.hooks import tell
from forum_bridge.embedded.rules import NO_ID, USERNAME, Refused, missing
from forum_bridge.embedded.store import Category, Group, Post, Topic, User

router = APIRouter()
MOST_FOUND = 20
WORD = re.compile(r"\w{3,}")


@router.get("/about.json")
def about(caller: Caller = Asking) -> dict[str, Any]:
    with caller.store.reading() as session:
        caller.user(session)
    return {"about": {"title": "Forum", "version": shapes.VERSION, "description": "The embedded forum"}}


@router.get("/site.json")
def site(caller: Caller = Asking) -> dict[str, Any]:
    with caller.store.reading() as session:
        user = caller.user(session)
        rows = [row for row in session.scalars(select(Category)) if level(session, user, row) <= 3]
        return {"categories": [shapes.category(row) for row in rows]}


@router.get("/c/{category_id:int}/show.json")
def category(category_id: int, caller: Caller = Asking) -> dict[str, Any]:
    with caller.store.reading() as session:
        row = session.get(Category, category_id)
        if row is None or level(session, caller.user(session), row) > 3:
            raise missing()
        return {"category": shapes.category(row)}


@router.post("/categories.json")
def create_category(caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    name = needed(fields, "name")
    with caller.store.writing() as session:
        caller.admin(session)
        parent = session.get(Category, int(fields.get("parent_category_id") or 0))
        if parent is not None and parent.parent_id is not None:
            raise Refused(422, "You can't nest a category more than two levels deep.")
        if _same_name(session, name, parent):
            raise Refused(422, "Category Name has already been taken")
        row = Category(name=name, slug=str(fields.get("slug") or slug_of(name)), parent_id=parent and parent.id)
        row.permissions = {group: int(level) for group, level in (fields.get("permissions") or {}).items()}
        session.add(row)
        session.flush()
        return {"category": shapes.category(row)}


def _same_name(session: Session, name: str, parent: Category | None) -> bool:
    same = select(Category.name).where(Category.parent_id == (parent.id if parent else None))
    return any(other.casefold() == name.casefold() for other in session.scalars(same))


@router.post("/admin/groups.json")
def create_group(caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    group = fields.get("group") or {}
    name = needed(group, "name")
    with caller.store.writing() as session:
        caller.admin(session)
        if session.scalar(select(Group).where(Group.name == name)):
            raise Refused(422, "Name has already been taken")
        row = Group(name=name, members=[u for u in str(group.get("usernames") or "").split(",") if u])
        session.add(row)
        session.flush()
        return {"basic_group": {"id": row.id, "name": row.name, "user_count": len(row.members)}}


@router.put("/groups/{group_id:int}/members.json")
def add_members(group_id: int, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    names = [name for name in needed(fields, "usernames").split(",") if name]
    with caller.store.writing() as session:
        caller.admin(session)
        row = session.get(Group, group_id)
        if row is None:
            raise missing()
        added = [name for name in names if name not in row.members]
        if not added:
            raise Refused(422, "These users are already members of this group")
        row.members = [*row.members, *added]
        return {"success": "OK", "usernames": added}


@router.get("/u/by-external/{external_id}.json")
def by_external_id(external_id: str, caller: Caller = Asking) -> dict[str, Any]:
    with caller.store.reading() as session:
        caller.user(session)
        row = session.scalar(select(User).where(User.external_id == external_id))
        if row is None:
            raise missing()
        return {"user": shapes.basic_user(row)}


@router.post("/users.json")
def create_user(caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    with caller.store.writing() as session:
        caller.admin(session)
        username, email = str(fields.get("username") or ""), str(fields.get("email") or "")
        taken = session.scalar(select(User).where((User.username == username) | (User.email == email)))
        if taken or not USERNAME.fullmatch(username) or "@" not in email:
            return {"success": False, "message": "Username or e-mail is invalid or already taken."}
        row = User(username=username, name=str(fields.get("name") or ""), email=email)
        session.add(row)
        session.flush()
        return {"success": True, "active": True, "user_id": row.id}


@router.post("/admin/users/sync_sso")
@router.post("/admin/users/sync_sso.json")
def sync(request: Request, caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    payload = _verified(request.app.state.secret, needed(fields, "sso"), needed(fields, "sig"))
    external_id = payload.get("external_id", "")
    if not external_id or external_id.lower() in NO_ID or not payload.get("email"):
        raise Refused(422, "Blank or reserved external_id, or no e-mail.")
    with caller.store.writing() as session:
        caller.admin(session)
        row = session.scalar(select(User).where(User.external_id == external_id))
        if row is None:
            row = User(username=_free(session, payload.get("username") or "user"), name="", email=payload["email"])
            row.external_id = external_id
            session.add(row)
        row.name = payload.get("name") or row.name or row.username
        session.flush()
        shape = {**shapes.basic_user(row), "external_id": external_id}
        tell(session, "user", "user_updated", shape)
        return shape


def _verified(secret: str, sso: str, sig: str) -> dict[str, str]:
    expected = hmac.new(secret.encode(), sso.encode(), hashlib.sha256).hexdigest()
    try:
        if not secret or not hmac.compare_digest(expected.encode(), sig.encode()):
            raise ValueError
        return dict(parse_qsl(base64.b64decode(sso, validate=True).decode()))
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise Refused(422, "Bad signature for payload") from error


def _free(session: Session, wanted: str) -> str:
    """The user name asked for, with a number behind it if somebody has it."""
    taken = set(session.scalars(select(User.username).where(User.username.startswith(wanted, autoescape=True))))
    return next(name for name in (wanted, *(f"{wanted}{n}" for n in range(1, len(taken) + 2))) if name not in taken)


@router.get("/search.json")
def search(caller: Caller = Asking, fields: Given = Fields) -> dict[str, Any]:
    words = set(map(str.lower, WORD.findall(str(fields.get("q") or ""))))
    with caller.store.reading() as session:
        found = _matching(session, caller.user(session), words, every=True)
        return {"topics": [shapes.topic(session, t) for t in found], "posts": [], "users": []}


@router.get("/topics/similar_to")
@router.get("/topics/similar_to.json")
def similar(caller: Caller = Asking, fields: Given = Fields) -> Any:
    title = needed(fields, "title")
    with caller.store.reading() as session:
        found = _matching(session, caller.user(session), set(map(str.lower, WORD.findall(title))), every=False)
        shown = [{**shapes.topic(session, topic), "blurb": ""} for topic in found[:5]]
        return {"similar_topics": shown} if shown else []


def _matching(session: Session, user: User, words: set[str], *, every: bool) -> list[Topic]:
    """Topics whose title or first post has all of `words`, or any of them, best first."""
    if not words:
        return []
    ranked = []
    for post in session.scalars(select(Post).where(Post.number == 1)):
        shared = words & set(map(str.lower, WORD.findall(f"{post.topic.title} {post.raw}")))
        enough = len(shared) == len(words) if every else bool(shared)
        if enough and level(session, user, post.topic.category) <= 3 and post.topic.archetype == "regular":
            ranked.append((-len(shared), post.topic_id, post.topic))
    return [topic for _, _, topic in sorted(ranked, key=lambda entry: entry[:2])[:MOST_FOUND]]
