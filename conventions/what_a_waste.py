"""Waste generated a year, by country, from the World Bank's What a Waste 2.0. The years are mixed and not named."""

import pandas as pd

from conventions.tables import table


def generation() -> pd.DataFrame:
    """One row a country: `country` (ISO alpha-2), `population` (people), `municipal`, `hazardous`, `e_waste`,
    `medical`, `industrial` (tonnes a year; NaN where not known), `source`, `as_of`, `verified`."""
    return table("what_a_waste")
