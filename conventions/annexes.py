"""The annexes to the Basel Convention: which entry says what, and when it applies.

The table is written by hand from the convention's text. An entry is verified where its wording is that of a second
text, a parse of the annexes as of May 2017; later entries, and those told in our own words, are not.
"""

from datetime import date
from typing import Any

import pandas as pd

from conventions.codes import normal, unknown
from conventions.errors import ClearingHouseError
from conventions.tables import table
from conventions.texts import N_

ANNEXES = ("I", "II", "III", "IV", "VIII", "IX")

NOT_THEN = N_("The entry {entry} does not apply on {day}. It applies from {first} to {last}.")
UNKNOWN_ANNEX = N_("“{annex}” is not an annex with entries. Choose one of {annexes}.")


def annexes() -> pd.DataFrame:
    """One row an entry: `annex`, `code`, `section`, `text` (English), `text_kind` (official: the wording of the annex,
    footnotes left out; short: in our own words), `related` (codes, separated by `|`), `valid_from`, `valid_to` (first
    and last day it applies; NaT while it does), `added_by`, `ended_by` (decisions), `period_verified` (yes or no),
    `note`, `source`, `as_of`, `verified`.

    The order is that of the annexes. Annex IV is that of 1989: the meeting of 2025 amended it, and its new entries are
    not known here, so that its period is unverified.
    """
    return table("basel_annexes")


def entries(annex: str | None = None, on: date | None = None) -> pd.DataFrame:
    """The entries of `annexes()` of one annex or of all that apply on a day, today if none is given.

    Raises `unknown-annex`.
    """
    frame = annexes()
    if annex is not None:
        frame = frame[frame["annex"] == _annex(annex)]
    return frame[applies(frame, on or date.today())]


def entry(code: str, on: date | None = None) -> "pd.Series[Any]":
    """The entry with a code, however it is written, that applies on a day. Raises `unknown-code`, `not-in-force`."""
    frame = annexes()
    found = frame[frame["code"] == normal(code)]
    if found.empty:
        raise unknown(code)
    day = on or date.today()
    valid = found[applies(found, day)]
    if valid.empty:
        raise _not_then(found.iloc[-1], day)
    return valid.iloc[0]


def applies(frame: pd.DataFrame, on: date) -> "pd.Series[bool]":
    """Which rows apply on a day, by their `valid_from` and `valid_to`; a row whose first day is not known does not."""
    day = pd.Timestamp(on)
    return (frame["valid_from"] <= day) & ~(frame["valid_to"] < day)


def _annex(annex: str) -> str:
    known = annex.strip().upper()
    if known not in ANNEXES:
        raise ClearingHouseError("unknown-annex", UNKNOWN_ANNEX, status=404, annex=annex, annexes=", ".join(ANNEXES))
    return known


def _not_then(row: "pd.Series[Any]", day: date) -> ClearingHouseError:
    first, last = ("…" if pd.isna(row[end]) else f"{row[end]:%Y-%m-%d}" for end in ("valid_from", "valid_to"))
    return ClearingHouseError(
        "not-in-force", NOT_THEN, status=404, entry=row["code"], day=str(day), first=first, last=last
    )
