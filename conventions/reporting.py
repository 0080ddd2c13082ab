"""National reports under the Basel Convention: which Party transmitted its report for which year, and when."""

import pandas as pd

from conventions.tables import table


def reports() -> pd.DataFrame:
    """One row a report: `convention` (basel), `country` (ISO alpha-2), `year` (reported on), `submitted` (date on which
    it was submitted or last submitted), `due` (date: the end of the year after, Article 13, paragraph 3), `source`,
    `as_of`, `verified`. A Party and year without a row had not reported by `as_of`.
    """
    return table("reporting")
