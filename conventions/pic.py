"""Annex III to the Rotterdam Convention: the chemicals subject to the prior informed consent procedure.

The table is written by hand from the annex and the decisions that amended it. A row is verified where a parse
of the annex as of May 2017 gives the same CAS numbers, or where its source names a second text that agrees. A chemical
in both categories is one chemical.
"""

from datetime import date

import pandas as pd

from conventions.annexes import applies
from conventions.tables import table


def annex_iii() -> pd.DataFrame:
    """One row a chemical and category: `key`, `chemical` (English), `formulation` (which, where not all), `cas`
    (separated by `|`), `cas_kind` (single, representative, none), `category` (pesticide, severely hazardous pesticide
    formulation, industrial), `decision`, `cop` (number of the meeting; NA for the text of 1998), `year` (of adoption),
    `valid_from` (entry into force; NaT where not known), `valid_to` (last day listed; NaT while it is), `ended_by`
    (decision), `source`, `as_of`, `verified`.

    Those that the Conference of the Parties listed in 2025 have no day of entry into force here.
    """
    return table("rotterdam_annex_iii")


def listed(on: date | None = None) -> pd.DataFrame:
    """The rows of `annex_iii()` known to be in force on a day, today if none is given."""
    frame = annex_iii()
    return frame[applies(frame, on or date.today())]
