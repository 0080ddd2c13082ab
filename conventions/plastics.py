"""Trade in plastic waste (HS 3915), from UN Comtrade by way of Our World in Data."""

import pandas as pd

from conventions.tables import table


def trade() -> pd.DataFrame:
    """One row a country or region and year, 2007–2021: `m49`, `country` (ISO alpha-2; empty for a region and for
    001, the world), `year`, `exports`, `imports`, `reexports`, `reimports` (tonnes; NaN where none was reported),
    `source`, `as_of`, `verified`. World exports and imports differ: each is the sum of what one side reported."""
    return table("plastic_waste_trade")
