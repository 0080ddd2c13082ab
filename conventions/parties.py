"""Parties to the conventions: who, since when, by what act, and how sure that is.

`conventions/data/parties.csv` is compiled by `conventions.compile.parties`, which says from what.
"""

from functools import cache
from pathlib import Path

import pandas as pd

from conventions.texts import N_

PARTIES = Path(__file__).parent / "data" / "parties.csv"
REPORTED = Path(__file__).parent / "data" / "parties_reported.csv"

CONVENTIONS = {
    "basel": N_("Basel Convention"),
    "ban": N_("Ban Amendment"),
    "rotterdam": N_("Rotterdam Convention"),
    "stockholm": N_("Stockholm Convention"),
}
_DATES = ["signed", "deposited", "in_force", "as_of"]


@cache
def _parties() -> pd.DataFrame:
    frame = pd.read_csv(PARTIES, dtype="string", keep_default_na=False)
    for column in _DATES:
        frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
    return frame


def parties() -> pd.DataFrame:
    """One row a Party and convention; only Parties, no mere signatories.

    `convention` (basel, ban, rotterdam, stockholm), `country` (ISO alpha-2, `EU`), `signed` (date or NaT),
    `deposited` (date of the instrument), `act` (ratification, acceptance, approval, accession, succession,
    formal confirmation), `in_force` (date for this Party), `source`, `as_of` (date the source speaks of),
    `verified` (yes: two sources give the same date). A copy: change it as you like.
    """
    return _parties().copy()


def reported() -> pd.DataFrame:
    """How many Parties the conventions report: `convention`, `parties` (count), `as_of` (may be empty), `source`,
    `verified`. Larger than the table of Parties where that is not complete."""
    return pd.read_csv(REPORTED, dtype={"parties": "int64"}, keep_default_na=False)
