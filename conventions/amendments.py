"""Amendments to the three conventions and their annexes: what each changes, and from when it applies.

The table is written by hand. For most of them the day is the same for all Parties but those that opted out, or that
accept amendments only expressly; the Ban Amendment binds only those that accepted it (`conventions.parties`).
"""

from datetime import date

import pandas as pd

from conventions.tables import table


def amendments() -> pd.DataFrame:
    """One row an amendment, by convention and meeting: `convention` (basel, rotterdam, stockholm), `decision` (empty
    where its number is not known), `cop` (number of the meeting), `year` (of adoption), `annexes` (amended or added,
    separated by `|`), `subject` (English, in our words), `in_force` (date; NaT where not known), `source`, `as_of`,
    `verified`."""
    return table("amendments")


def in_force(on: date | None = None) -> pd.DataFrame:
    """The rows of `amendments()` known to apply on a day, today if none is given."""
    frame = amendments()
    return frame[frame["in_force"] <= pd.Timestamp(on or date.today())]
