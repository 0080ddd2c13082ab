"""Transboundary movements of hazardous and other wastes, as the Parties reported them to the Basel Convention.

`conventions.compile.movements` says how the tables were made. One movement may stand in two reports, the exporter's and
the importer's: never add exports and imports.
"""

import pandas as pd

from conventions.tables import table

# The last year, for which many reports had not come in when the data were gathered.
PARTIAL_YEARS = (2021,)


def movements() -> pd.DataFrame:
    """One row an exporter, importer, year (2001–2021) and class: `exporter`, `importer` (ISO alpha-2), `year`,
    `hazard_class` (UN class; unspecified; multiple), `tonnes` (as the exporter reported), `flags`, `source`, `as_of`,
    `verified`.

    `flags`, separated by `|`, concern the pair and year: outlier (far above all its other years, perhaps a slip of
    the unit), partial-year, unbalanced (exporter and importer reported differing quantities; only known for
    2016–2020, in `balances()`). A row is verified where another gathering of the same reports, of 2007–2013, has the
    same quantity for its pair and year.
    """
    return table("movements")


def rows() -> pd.DataFrame:
    """One row as reported, 2016–2020: `row` (number), `report` (export, import), `exporter`, `importer` (alpha-2),
    `year`, `tonnes`, `transit` (alpha-2), `y_codes`, `list_codes` (A and B), `h_codes`, `d_codes`, `r_codes` (each
    separated by `|`), `flags`, `source`, `as_of`, `verified` (yes: its table agrees with a later gathering).

    `flags`, separated by `|`: outlier (a million tonnes or more), repeated (the same as an earlier row), unreadable
    (something in it could not be read), relabelled (gathered as imports, and in truth exports), unconfirmed (gathered
    as exports, and the later gathering has nothing of it: leave it out).

    Partial: Germany, France and the United States of America are missing as reporters.
    """
    return table("movement_rows")


def balances() -> pd.DataFrame:
    """One row a pair and year that both sides reported, 2016–2020: `exporter`, `importer`, `year`, `exporter_tonnes`,
    `importer_tonnes`, `balanced` (yes: they differ by a tenth of the larger or less), `source`, `as_of`, `verified`."""
    return table("movement_balances")
