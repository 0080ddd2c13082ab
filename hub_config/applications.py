"""A request to join the network: what a person fills in, and everything that can be wrong with it."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_
from expert_db.countries import codes
from expert_db.members import Member, Role
from hub_config import passwords

FIELDS = ("name", "password", "again", "full_name", "country", "organisation", "role", "language")
# The Secretariat gives its own role itself; nobody can ask for it.
ROLES = {
    Role.OFFICER: N_("National officer: focal point, competent authority or designated national authority"),
    Role.EXPERT: N_("Expert: I can advise others"),
    Role.CENTRE: N_("Regional centre: I make courses"),
}
NAME = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
LONGEST_TEXT = 255

Problems = dict[str, ClearingHouseError]


@dataclass(frozen=True)
class Applicant:
    """Who asks to join, or is let in by the Secretariat; the fields are those of `expert_db.members.Member`."""

    name: str
    full_name: str
    country: str
    organisation: str
    role: Role
    language: str

    def member(self) -> Member:
        return Member(**asdict(self))


def problems(form: Mapping[str, str], taken: Callable[[str], bool]) -> Problems:
    """What is wrong with a filled-in form, by field, in the order of the fields; empty if it can be accepted."""
    found = {field: CHECKS[field](form) for field in FIELDS}
    if not found["name"] and taken(form["name"]):
        found["name"] = name_taken(form["name"])
    return {field: problem for field, problem in found.items() if problem}


def name_taken(name: str) -> ClearingHouseError:
    return ClearingHouseError("name-taken", N_("The user name {name} is taken. Choose another."), status=409, name=name)


def applicant(form: Mapping[str, str]) -> Applicant:
    """The applicant of a form without problems."""
    text = {field: form[field].strip() for field in ("name", "full_name", "country", "organisation", "language")}
    return Applicant(role=Role(form["role"]), **text)


def again_problem(form: Mapping[str, str]) -> ClearingHouseError | None:
    """Whether the password was typed in two ways."""
    if form.get("password", "") == form.get("again", ""):
        return None
    return _problem("password-mismatch", N_("The two passwords are not the same. Type the new password twice."))


def _name(form: Mapping[str, str]) -> ClearingHouseError | None:
    if NAME.fullmatch(form.get("name", "")):
        return None
    return _problem(
        "name-bad",
        N_("A user name has 3 to 32 small Latin letters, digits and hyphens, and begins with a letter: amina-diallo"),
    )


def _text(field: str) -> Callable[[Mapping[str, str]], ClearingHouseError | None]:
    def check(form: Mapping[str, str]) -> ClearingHouseError | None:
        text = form.get(field, "").strip()
        if not text:
            return _problem(f"{field}-missing", N_("This is needed."))
        if len(text) > LONGEST_TEXT or not text.isprintable():
            return _problem(f"{field}-bad", N_("At most {n} letters, on one line."), n=LONGEST_TEXT)
        return None

    return check


def _choice(
    field: str, choices: Callable[[], Container[str]]
) -> Callable[[Mapping[str, str]], ClearingHouseError | None]:
    def check(form: Mapping[str, str]) -> ClearingHouseError | None:
        return None if form.get(field, "") in choices() else _problem(f"{field}-bad", N_("Choose one of the list."))

    return check


CHECKS: dict[str, Callable[[Mapping[str, str]], ClearingHouseError | None]] = {
    "name": _name,
    "password": lambda form: passwords.problem(form.get("password", ""), form.get("name", "")),
    "again": again_problem,
    "full_name": _text("full_name"),
    "country": _choice("country", codes),
    "organisation": _text("organisation"),
    "role": _choice("role", lambda: {role.value: sentence for role, sentence in ROLES.items()}),
    "language": _choice("language", lambda: LANGUAGES),
}


def _problem(code: str, message: str, **values: Any) -> ClearingHouseError:
    return ClearingHouseError(code, message, **values)
