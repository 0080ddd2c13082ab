"""Parties to the conventions: who, since when, by what act, and how sure that is.

`conventions.compile.parties` says from what the tables are compiled. No Party has withdrawn from any of the conventions
as far as the sources tell.
"""

import pandas as pd

from conventions.tables import DATA, table
from conventions.texts import N_

PARTIES = DATA / "parties.csv"

CONVENTIONS = {
    "basel": N_("Basel Convention"),
    "ban": N_("Ban Amendment"),
    "rotterdam": N_("Rotterdam Convention"),
    "stockholm": N_("Stockholm Convention"),
}


def parties() -> pd.DataFrame:
    """One row a Party and convention; only Parties, no mere signatories.

    `convention` (basel, ban, rotterdam, stockholm), `country` (ISO alpha-2, `EU`), `signed` (date or NaT),
    `deposited` (date of the instrument), `act` (ratification, acceptance, approval, accession, succession,
    formal confirmation), `in_force` (date for this Party), `source`, `as_of` (date the source speaks of),
    `verified` (yes: two sources give the same date). A copy: change it as you like.
    """
    return table("parties")


def signatories() -> pd.DataFrame:
    """Those that signed and are not known to be Parties: `convention`, `country`, `signed` (date), `source`, `as_of`,
    `verified`. Among them some that may have deposited an instrument since `as_of`."""
    return table("signatories")


def reported() -> pd.DataFrame:
    """How many Parties the conventions report: `convention`, `parties` (count), `as_of` (may be empty), `source`,
    `verified`. Larger than the table of Parties where that is not complete."""
    return table("parties_reported")
