"""The countries of the platform: members and observers of the United Nations, the Cook Islands, Niue, the EU.

Source: M49 standard of the UN Statistics Division and ISO 3166-1. Names are in `conventions.names`.
"""

from functools import cache
from pathlib import Path

import pandas as pd

COUNTRIES = Path(__file__).parent / "data" / "countries.csv"
REGIONS = ("002", "019", "142", "150", "009")


@cache
def _countries() -> pd.DataFrame:
    return pd.read_csv(COUNTRIES, dtype="string", keep_default_na=False).set_index("alpha2", drop=False)


def countries() -> pd.DataFrame:
    """One row a country, indexed by `alpha2`; all columns are text.

    `alpha2`, `alpha3` (ISO 3166-1; the European Union is `EU` and has no alpha-3), `m49` (three digits),
    `region` and `subregion` (M49 codes, three digits; the EU is counted with Europe, `150`), `source`,
    `as_of` (ISO date), `verified` (yes or no). A copy: change it as you like.
    """
    return _countries().copy()
