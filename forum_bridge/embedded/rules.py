"""What the forum refuses: its validations, with the sentences and statuses of the contract."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expert_db.database import now
from forum_bridge.embedded.store import Category, Post, Topic, User
from forum_bridge.lengths import LONGEST_POST, LONGEST_TITLE, SHORTEST_POST, SHORTEST_TITLE, least_of, spoken

SAME_BODY = timedelta(minutes=5)
EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
USERNAME = re.compile(r"\w[\w.-]{0,58}\w", re.UNICODE)
LONGEST_TAG, MOST_TAGS = 20, 5
NO_ID = {"none", "nil", "blank", "null"}


class Refused(Exception):
    """The request is answered with a status and the forum's JSON for errors."""

    def __init__(self, status: int, *errors: str, kind: str = "", **extra: Any) -> None:
        super().__init__(*errors)
        self.status = status
        self.body: dict[str, Any] = {**extra, "errors": list(errors)}
        if kind:
            self.body["error_type"] = kind


def missing() -> Refused:
    """What is not there and what may not be seen look the same."""
    return Refused(404, "The requested URL or resource could not be found.", kind="not_found")


def forbidden() -> Refused:
    """The person or the key may not do this."""
    return Refused(403, "You are not permitted to view the requested resource.", kind="invalid_access")


def faults_of_body(session: Session, user: User, raw: str) -> list[str]:
    """What is wrong with a post's text."""
    least = least_of(raw, SHORTEST_POST)
    if not spoken(raw):
        return ["Body can't be blank"]
    if len(spoken(raw)) < least:
        return [f"Body is too short (minimum is {least} characters)"]
    if len(raw) > LONGEST_POST:
        return [f"Body is limited to {LONGEST_POST} characters; you entered {len(raw)}."]
    recent = select(Post.id).where(Post.user_id == user.id, Post.raw == raw, Post.created_at > now() - SAME_BODY)
    return ["Body is too similar to what you recently posted"] if session.scalar(recent) else []


def faults_of_title(session: Session, title: str, but: int = 0) -> list[str]:
    """What is wrong with a title; `but` is the topic that may keep its own."""
    least = least_of(title, SHORTEST_TITLE)
    if len(title) < least:
        return [f"Title is too short (minimum is {least} characters)"]
    if len(title) > LONGEST_TITLE:
        return [f"Title is too long (maximum is {LONGEST_TITLE} characters)"]
    same = select(Topic.id).where(func.lower(Topic.title) == title.lower(), Topic.id != but)
    return ["Title has already been used"] if session.scalar(same) else []


def faults_of_category(category: Category | None) -> list[str]:
    """A topic must have a category."""
    return [] if category else ["Category can't be blank"]


def faults_of_external_id(session: Session, external_id: str | None) -> list[str]:
    """A topic's external id: its characters, and that no other topic has it in whatever case."""
    if external_id is None:
        return []
    if not EXTERNAL_ID.fullmatch(external_id):
        return ["External ID is invalid: it may have 50 letters, digits, hyphens and underscores"]
    same = select(Topic.id).where(func.lower(Topic.external_id) == external_id.lower())
    return ["External ID has already been taken"] if session.scalar(same) else []


def faults_of_tags(tags: list[str]) -> list[str]:
    """How many tags there may be and how long."""
    if len(tags) > MOST_TAGS:
        return [f"You can only use up to {MOST_TAGS} tags"]
    return [f"Tag {tag} is too long (maximum is {LONGEST_TAG} characters)" for tag in tags if len(tag) > LONGEST_TAG]
