"""The countries of the platform: members and observers of the United Nations, the Cook Islands, Niue, the EU.

Source: M49 standard of the UN Statistics Division and ISO 3166-1. Names are in `conventions.names`.
"""

import pandas as pd

from conventions.tables import DATA, table

COUNTRIES = DATA / "countries.csv"
REGIONS = ("002", "019", "142", "150", "009")


def countries() -> pd.DataFrame:
    """One row a country, indexed by `alpha2`; all columns but `as_of` are text.

    `alpha2`, `alpha3` (ISO 3166-1; the European Union is `EU` and has no alpha-3), `m49` (three digits),
    `region` and `subregion` (M49 codes, three digits; the EU is counted with Europe, `150`), `source`,
    `as_of` (date), `verified` (yes or no). A copy: change it as you like.
    """
    return table("countries").set_index("alpha2", drop=False)


def territories() -> pd.DataFrame:
    """The areas of M49 that statistics report on and that are not among the countries; columns as of `countries()`."""
    return table("territories").set_index("alpha2", drop=False)
