"""Regional and coordinating centres of the Basel and Stockholm conventions: 23 institutions."""

import pandas as pd

from conventions.tables import table


def centres() -> pd.DataFrame:
    """One row an institution: `key`, `name` (English, descriptive), `city`, `country` (ISO alpha-2), `basel`,
    `stockholm` (yes or no: of which convention it is a centre), `source`, `as_of`, `verified`."""
    return table("regional_centres")
