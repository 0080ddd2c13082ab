"""Persistent organic pollutants: what the Stockholm Convention lists, in which annex, since when.

The table is written by hand from the convention and the decisions of its Conference of the Parties. The numbers of
chemicals after each meeting are those the Secretariat gives. A row is verified where its source names a second text
that agrees in what it says; exemptions are told in few words and are not.
"""

from datetime import date

import pandas as pd

from conventions.tables import table


def pops() -> pd.DataFrame:
    """One row a chemical and annex: `key`, `chemical` (English), `annex` (A elimination, B restriction, C unintentional
    production), `cas` (numbers separated by `|`), `cas_kind` (representative: examples of a group), `category`,
    `decision`, `cop` (number of the meeting; NA for those of 2001), `year` (of adoption), `in_force` (date for most
    Parties; NaT where not known), `uses`, `exemption_kind` (none, expired, specific exemptions, acceptable purposes,
    not applicable), `exemptions`, `exemptions_verified`, `source`, `as_of`, `verified`.

    A Party that opted out or that accepts amendments only expressly is bound later, or not.
    """
    return table("stockholm_listings")


def listed(on: date | None = None) -> pd.DataFrame:
    """The rows of `pops()` in force for most Parties on a day, today if none is given.

    Those adopted in 2025 are not among them: the day of their entry into force is not known here.
    """
    frame = pops()
    return frame[frame["in_force"] <= pd.Timestamp(on or date.today())]
