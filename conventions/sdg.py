"""Indicators of Sustainable Development Goal 12.4, from the UN Statistics Division's database of October 2020."""

import pandas as pd

from conventions.tables import table


def transmission() -> pd.DataFrame:
    """Indicator 12.4.1, 2015 and 2020: `convention` (basel, rotterdam, stockholm), `m49` (code of a country or a
    group), `country` (ISO alpha-2; empty for a group), `year`, `percent` (of the information to be transmitted),
    `nature` (C: country data), `source`, `as_of`, `verified`."""
    return table("sdg_12_4_1")


def generation() -> pd.DataFrame:
    """Indicator 12.4.2, hazardous waste generated, 2000–2017: `m49`, `country` (ISO alpha-2), `year`, `tonnes`,
    `nature`, `source`, `as_of`, `verified`. What counts as hazardous differs between countries and years."""
    return table("sdg_12_4_2")
