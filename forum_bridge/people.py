"""Members' accounts on the forum, made when they first write."""

from sqlalchemy import select

from expert_db.database import Database
from expert_db.members import Member
from forum_bridge.discourse import Discourse
from forum_bridge.mirror import Person, hear_user
from forum_bridge.names import address_of, user_id_of, username_of


def ensure(database: Database, client: Discourse, member: str) -> Person:
    """A member's account; the forum is asked only if we do not know it yet."""
    with database.session() as session:
        if known := session.scalar(select(Person).where(Person.member == member)):
            return known
        name = session.scalar(select(Member.full_name).where(Member.name == member)) or member
    account = client.ensure_user(user_id_of(member), username=username_of(member), name=name, email=address_of(member))
    with database.session() as session:
        return hear_user(session, account, member)
