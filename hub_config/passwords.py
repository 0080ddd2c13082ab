"""Passwords: what is kept of them, and which are too weak."""

import secrets
from functools import cache
from pathlib import Path

import bcrypt
import nativeauthenticator

from conventions.errors import ClearingHouseError
from conventions.texts import N_

# bcrypt reads no more than 72 bytes of a password and refuses longer ones.
SHORTEST, LONGEST = 8, 72


def hash_of(password: str) -> bytes:
    """What is kept of a password; slow on purpose, so pages call it in a thread."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())


def random_password() -> str:
    """A password that can be read out: no letters that look alike."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4))


def matches(password: str, hashed: bytes) -> bool:
    given = password.encode()
    return len(given) <= LONGEST and bcrypt.checkpw(given, hashed)


@cache
def nobody() -> bytes:
    """What a password is compared with where there is no account: to refuse it takes as long as with one."""
    return hash_of(secrets.token_hex(16))


def problem(password: str, name: str) -> ClearingHouseError | None:
    """Why a password is too weak, or None: long enough, not in lists of leaked passwords, not the user name."""
    if len(password) < SHORTEST:
        return ClearingHouseError("password-short", N_("The password needs at least {n} characters."), n=SHORTEST)
    if len(password.encode()) > LONGEST:
        return ClearingHouseError(
            "password-long", N_("The password is too long: at most {n} Latin letters."), n=LONGEST
        )
    if password.lower() in _common() or password.isdigit():
        return ClearingHouseError(
            "password-common", N_("This password is easy to guess. Choose several words, for example.")
        )
    if len(name) > 2 and name in password.lower():
        return ClearingHouseError("password-name", N_("The password must not contain the user name."))
    return None


@cache
def _common() -> frozenset[str]:
    path = Path(nativeauthenticator.__file__).with_name("common-credentials.txt")
    return frozenset(path.read_text(encoding="utf-8").split())
