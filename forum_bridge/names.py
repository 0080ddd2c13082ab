"""What subjects and members are called on the forum: stable names that any forum accepts."""

import re
from hashlib import sha256
from urllib.parse import quote, unquote

LONGEST_EXTERNAL_ID = 50
_NOT_ALLOWED = re.compile(r"[^a-z0-9_]+")
_PLAIN_USERNAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,18}[a-z0-9]")
# The forum takes these words for "no external id".
_NO_ID = {"none", "nil", "blank", "null"}


def topic_id_of(subject: str) -> str:
    """The `external_id` of the topic linked to a subject: a readable part, and a hash so that no two are alike.

    Lower case, because the forum looks ids up with regard to case and refuses duplicates without.
    """
    readable = _NOT_ALLOWED.sub("-", subject.lower()).strip("-")
    digest = sha256(subject.encode()).hexdigest()[:12]
    return f"{readable[: LONGEST_EXTERNAL_ID - 13].strip('-')}-{digest}".strip("-")


def user_id_of(member: str) -> str:
    """A member's `external_id`: her Hub user name, percent-encoded where a header could not carry it."""
    if member.lower() in _NO_ID:
        return f"%{ord(member[0]):02X}{member[1:]}"
    return quote(member, safe="@.+-_")


def member_of(external_id: str) -> str:
    """The Hub user name that `user_id_of` was given."""
    return unquote(external_id)


def username_of(member: str) -> str:
    """The forum user name to ask for: 3–20 plain characters. The forum may give another; its answer counts."""
    plain = member.lower()
    if _PLAIN_USERNAME.fullmatch(plain):
        return plain
    return f"member-{sha256(member.encode()).hexdigest()[:10]}"


def address_of(member: str) -> str:
    """An e-mail address that the forum can keep and nobody can own, so that no account is ever matched by it."""
    return f"{sha256(member.encode()).hexdigest()[:24]}@members.invalid"
