"""Who asks the forum for what: the key, the user it speaks for, and the parameters in any of their forms."""

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum_bridge.embedded.limits import Limits
from forum_bridge.embedded.rules import Refused, forbidden, missing
from forum_bridge.embedded.store import Category, Group, Post, Store, Topic, User

_NESTED = re.compile(r"(\w+)\[([^\[\]]+)\]")
Given = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """One request whose key was right: the store, and which of the three headers names the user."""

    store: Store
    header: str
    value: str

    def user(self, session: Session) -> User:
        """The user that the key speaks for; 403 if there is none."""
        by = {"Api-Username": User.username, "Api-User-Id": User.id, "Api-User-External-Id": User.external_id}
        found = session.scalar(select(User).where(by[self.header] == self.value))
        if found is None:
            raise forbidden()
        return found

    def admin(self, session: Session) -> User:
        """The same, refused unless an administrator."""
        user = self.user(session)
        if not user.admin:
            raise forbidden()
        return user


def caller(request: Request) -> Caller:
    """The caller of this request; a missing or wrong key is 403, too many requests 429."""
    key: str = request.app.state.key
    if not hmac.compare_digest(request.headers.get("Api-Key", "").encode(), key.encode()):
        raise forbidden()
    limits: Limits = request.app.state.limits
    limits.take()
    names = ("Api-Username", "Api-User-Id", "Api-User-External-Id")
    header = next((name for name in names if request.headers.get(name)), None)
    if header is None:
        raise forbidden()
    return Caller(request.app.state.store, header, request.headers[header])


async def given(request: Request) -> Given:
    """Parameters of the query and of a form or JSON body: `tags[]` becomes a list, `post[raw]` a dict."""
    pairs = list(request.query_params.multi_items())
    if "json" in request.headers.get("content-type", ""):
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError as error:
            raise Refused(400, "The request body is not JSON.", kind="invalid_parameters") from error
        return {**_gather(pairs), **(body if isinstance(body, dict) else {})}
    form = await request.form()
    return _gather([*pairs, *((name, str(value)) for name, value in form.multi_items())])


def _gather(pairs: Iterable[tuple[str, str]]) -> Given:
    found: Given = {}
    for name, value in pairs:
        if name.endswith("[]"):
            found.setdefault(name[:-2], []).append(value)
        elif nested := _NESTED.fullmatch(name):
            found.setdefault(nested[1], {})[nested[2]] = value
        else:
            found[name] = value
    return found


def needed(fields: Given, name: str) -> str:
    """A parameter that must be there; 400 if it is not."""
    if not str(fields.get(name) or ""):
        raise Refused(400, f"param is missing or the value is empty: {name}", kind="invalid_parameters")
    return str(fields[name])


def number(fields: Given, name: str) -> int:
    """A parameter that must be a number."""
    try:
        return int(needed(fields, name))
    except ValueError as error:
        raise Refused(400, f"invalid value: {name}", kind="invalid_parameters") from error


def level(session: Session, user: User, category: Category | None) -> int:
    """What a user may do in a category: 1 write, 2 reply, 3 read, 9 nothing."""
    if user.admin or category is None or not category.permissions:
        return 1
    groups = {"everyone", "trust_level_0"} | {
        group.name for group in session.scalars(select(Group)) if user.username in group.members
    }
    return min((level for group, level in category.permissions.items() if group in groups), default=9)


def topic_for(session: Session, user: User, topic_id: int) -> Topic:
    """A topic that this user may see; 404 whether it is missing or hidden."""
    topic = session.get(Topic, topic_id)
    if topic is None or level(session, user, topic.category) > 3:
        raise missing()
    return topic


def post_for(session: Session, user: User, post_id: int) -> Post:
    """A post in a topic that this user may see."""
    post = session.get(Post, post_id)
    if post is None:
        raise missing()
    topic_for(session, user, post.topic_id)
    return post


Asking = Depends(caller)
Fields = Depends(given)
