"""What a word, a code or a sentence leads to: concepts, the entries of the annexes that name them, what follows.

An entry is told as its table has it, in English, with the days from and to which it applies.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from conventions.annexes import annexes
from conventions.languages import LANGUAGES
from conventions.obligations import OBLIGATIONS, Obligation
from conventions.pic import annex_iii
from conventions.pops import pops
from conventions.texts import N_
from conventions.vocabulary import Concept, concept, find

CONVENTIONS = {
    "basel": N_("Basel Convention"),
    "stockholm": N_("Stockholm Convention"),
    "rotterdam": N_("Rotterdam Convention"),
}
# What an entry of an annex to the Basel Convention is; those of the other annexes are no wastes.
_BASEL = {"I": "basel-hazardous", "II": "basel-other", "VIII": "basel-hazardous", "IX": "basel-not-hazardous"}


@dataclass(frozen=True)
class Entry:
    """One entry of one annex: `code` is what the annex calls it, `text` its English wording, `kind` what it means.

    `since` is None where the day is not known, `until` is the last day on which it applies, or None while it does.
    `decision` is the one that added it, or `""`.
    """

    convention: str
    annex: str
    code: str
    text: str
    kind: str
    since: date | None
    until: date | None
    decision: str

    def applies(self, on: date) -> bool:
        return self.since is not None and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Finding:
    """A concept, its CAS numbers, its entries, and what follows from those that apply, by convention."""

    concept: Concept
    cas: tuple[str, ...]
    entries: tuple[Entry, ...]
    follows: dict[str, tuple[Obligation, ...]]


def look(text: str, language: str, on: date | None = None) -> list[Finding]:
    """What a text leads to on a day, today if none is given; first what is in an annex.

    It is read as `language` and, where that finds nothing, as any other.
    """
    tried = (find(text, code) for code in (language, *LANGUAGES))
    found = [finding(concept(key), on or date.today()) for key in next(filter(None, tried), [])]
    return sorted(found, key=lambda one: not one.entries)


def finding(one: Concept, on: date) -> Finding:
    """What is known of a concept on a day."""
    codes = [code.split("/") for code in (*one.codes, *one.links)]
    entries = tuple(entry for code in codes if code[0] in _READERS for entry in _READERS[code[0]](*code[1:]))
    cas = tuple(number for kind, number in (code for code in codes if len(code) == 2) if kind == "cas")
    return Finding(one, cas, entries, _follows(entry for entry in entries if entry.applies(on)))


def _follows(entries: Iterable[Entry]) -> dict[str, tuple[Obligation, ...]]:
    found: dict[str, dict[Obligation, None]] = {}
    for entry in entries:
        if entry.kind:
            found.setdefault(entry.convention, {}).update(dict.fromkeys(OBLIGATIONS[entry.kind]))
    return {convention: tuple(obligations) for convention, obligations in found.items()}


def _basel(code: str) -> list[Entry]:
    rows = _rows(annexes(), code=code)
    return [_entry(row, "basel", row["text"], _BASEL.get(row["annex"], "")) for row in rows]


def _stockholm(annex: str, key: str) -> list[Entry]:
    rows = _rows(pops(), annex=annex, key=key)
    return [_entry(row, "stockholm", row["chemical"], f"stockholm-{annex}") for row in rows]


def _rotterdam(annex: str, key: str) -> list[Entry]:
    rows = _rows(annex_iii(), key=key)
    return [_entry({"annex": annex, **row}, "rotterdam", _named(row), f"rotterdam-{annex}") for row in rows]


_READERS: dict[str, Callable[..., list[Entry]]] = {"basel": _basel, "stockholm": _stockholm, "rotterdam": _rotterdam}


def _rows(frame: pd.DataFrame, **wanted: str) -> list[dict[str, Any]]:
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _entry(row: dict[str, Any], convention: str, text: str, kind: str) -> Entry:
    """The tables call the first and last day and the decision by different names."""
    return Entry(
        convention=convention,
        annex=row["annex"],
        code=row.get("code", ""),
        text=text,
        kind=kind,
        since=_day(row.get("valid_from", row.get("in_force"))),
        until=_day(row.get("valid_to")),
        decision=row.get("added_by", row.get("decision")) or "",
    )


def _named(row: dict[str, Any]) -> str:
    return f"{row['chemical']} ({row['formulation']})" if row["formulation"] else str(row["chemical"])


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else value.date()
