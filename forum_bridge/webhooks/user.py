"""`user_created`, `user_updated`, …: whose account on the forum is which member's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from forum_bridge.mirror import hear_user
from forum_bridge.names import member_of
from forum_bridge.shapes import user_of


def handle(session: Session, _event: str, data: Mapping[str, Any]) -> None:
    """Accounts without a sign-on id belong to no member."""
    user = user_of(data)
    if user.external_id:
        hear_user(session, user, member_of(user.external_id))
