"""Members as files: a table to import and export, one person's data for herself, and their erasure."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.events import history, pseudonymise, record
from expert_db.members import Member, Role, Standing, decide, faults
from expert_db.mentorships import PENDING, Mentorship, State, of
from expert_db.needs import LOOKING, Need
from expert_db.steps import end, replace, withdraw

COLUMNS = (
    "name", "full_name", "country", "organisation", "role", "language", "standing",
    "languages", "expertise", "capacity", "hours", "paused",
)  # fmt: skip
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,127}")
# A cell that begins like this is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_table(members: Iterable[Member]) -> str:
    """The members as CSV, which `import_table` reads back; no cell can be a formula to a spreadsheet."""
    written = StringIO()
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows({key: _safe(value) for key, value in _row(member).items()} for member in members)
    return written.getvalue()


def import_table(session: Session, text: str, *, by: str) -> int:
    """Add the members of a CSV file, or change those it names; the number of rows.

    Nothing is imported if a row is bad: `people-bad` lists every problem, one a line.
    """
    rows = list(_rows(text))
    known = {member.name: member for member in session.scalars(select(Member))}
    times = Counter(row["name"] for _, row in rows)
    drafts = [(line, row, _draft(row)) for line, row in rows]
    problems = [
        f"line {line}: {problem}"
        for line, row, draft in drafts
        for problem in (*_bad(row, draft), *(["the name is in more than one row"] if times[row["name"]] > 1 else []))
    ]
    if problems:
        raise ClearingHouseError(
            "people-bad", N_("Nothing is imported. Correct these rows first:\n{problems}"), problems="\n".join(problems)
        )
    for _, _, draft in drafts:
        _store(session, known, draft, by)
    return len(rows)


def personal_data(session: Session, member: Member) -> dict[str, Any]:
    """All that is kept about a member, for herself: her profile, her needs and mentorships, her events."""
    needs = session.scalars(select(Need).where(Need.learner_id == member.id).order_by(Need.id))
    return {
        "profile": {**_row(member), "expertise": member.expertise, "joined_at": member.joined_at.isoformat()},
        "needs": [{"question": n.question, "at": n.at.isoformat(), "state": n.state} for n in needs],
        "mentorships": [_mentorship(m, member) for m in of(session, member)],
        "events": [
            {"at": e.at.isoformat(), "kind": e.kind, "subject": e.subject, "data": e.data}
            for e in history(session, actor=member.name)
        ],
    }


def erase(session: Session, member: Member, *, by: str) -> str:
    """Remove a member's personal data; the pseudonym that her events stay under.

    Her mentorships end first, so that nobody waits for her. Country and role stay, for the figures by region.
    """
    member.standing = Standing.REFUSED
    for need in session.scalars(select(Need).where(Need.learner_id == member.id)).all():
        need.question = ""
        if need.state in LOOKING:
            withdraw(session, need.id, member)
    for mentorship in of(session, member):
        _let_go(session, mentorship, member)
    pseudonym = f"erased-{uuid4().hex[:12]}"
    old, member.name, member.full_name, member.organisation = member.name, pseudonym, "", ""
    member.languages, member.expertise, member.capacity, member.hours = [], {}, 0, 0
    session.flush()
    pseudonymise(session, old, pseudonym)
    record(session, "erased", actor=by if by != old else pseudonym, subject=member.subject)
    return pseudonym


def _let_go(session: Session, mentorship: Mentorship, member: Member) -> None:
    if mentorship.mentor_id == member.id:
        mentorship.note = ""
    if mentorship.state == State.ACCEPTED:
        end(session, mentorship.id, member)
    elif mentorship.state in PENDING:
        replace(session, mentorship.id)


def _mentorship(mentorship: Mentorship, member: Member) -> dict[str, Any]:
    return {
        "as": "mentor" if mentorship.mentor_id == member.id else "learner",
        "state": mentorship.state,
        "reasons": mentorship.reasons,
        "proposed_at": mentorship.proposed_at.isoformat(),
        "note": mentorship.note,
    }


def _row(member: Member) -> dict[str, str]:
    expertise = (f"{concept}:{level}" for concept, level in sorted(member.expertise.items()))
    row = {name: getattr(member, name) for name in COLUMNS}
    lists = {"languages": " ".join(member.languages), "expertise": " ".join(expertise)}
    return {**{k: str(v) for k, v in row.items()}, **lists, "paused": "yes" if member.paused else "no"}


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    table = csv.DictReader(StringIO(text.lstrip("\ufeff")))
    missing = [name for name in COLUMNS if name not in (table.fieldnames or [])]
    if missing:
        raise ClearingHouseError(
            "people-columns",
            N_("The file has no column {missing}. Export one to see them."),
            missing=", ".join(missing),
        )
    for row in table:
        yield table.line_num, {name: (row[name] or "").strip() for name in COLUMNS}


def _draft(row: dict[str, str]) -> Member:
    """A member as the row says; what cannot be read becomes what `faults` refuses."""
    given = {name: row[name] for name in ("name", "full_name", "country", "organisation", "role", "language")}
    pairs = (item.rpartition(":") for item in row["expertise"].split())
    return Member(
        **given,
        standing=row["standing"],
        languages=row["languages"].split(),
        expertise={concept: _whole(level) for concept, _, level in pairs},
        capacity=_whole(row["capacity"]),
        hours=_whole(row["hours"]),
        paused=row["paused"] == "yes",
    )


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1


def _bad(row: dict[str, str], draft: Member) -> Iterator[str]:
    """What is wrong with a row, in English: this is read at the command line by who runs the platform."""
    checks = (
        ("name", bool(NAME.fullmatch(row["name"])), "use a-z, 0-9 and . _ @ - only"),
        ("role", row["role"] in list(Role), f"use one of {', '.join(Role)}"),
        ("standing", row["standing"] in list(Standing), f"use one of {', '.join(Standing)}"),
        ("paused", row["paused"] in ("yes", "no"), "use yes or no"),
        ("full_name", not row["full_name"].startswith(FORMULA), "it would be a formula in a spreadsheet"),
        ("organisation", not row["organisation"].startswith(FORMULA), "it would be a formula in a spreadsheet"),
    )
    yield from (f"{entry} “{row[entry]}”: {advice}" for entry, good, advice in checks if not good)
    yield from (f"{entry} “{row[entry]}”: {sentence}" for entry, sentence in faults(draft).items())


def _store(session: Session, known: dict[str, Member], draft: Member, by: str) -> None:
    """Write a row that is good: a new member joins, a known one is changed; her standing is decided by `by`."""
    standing, draft.standing = Standing(draft.standing), Standing.WAITING
    member = known.get(draft.name)
    if member is None:
        session.add(draft)
        record(session, "joined", actor=by, subject=draft.subject)
    elif _row(member) != {**_row(draft), "standing": member.standing}:
        for name in COLUMNS:
            if name != "standing":
                setattr(member, name, getattr(draft, name))
        record(session, "described", actor=by, subject=member.subject)
    decide(session, draft.name, standing, by=by)
