"""Kinds of official contacts that Parties designate; who they are is the Secretariat's to publish, not ours."""

import pandas as pd

from conventions.tables import table


def kinds() -> pd.DataFrame:
    """One row a kind: `key`, `convention`, `article`, its name in `en`, `fr`, `es`, `ru`, `zh` and `ar`, `subject`
    (pesticides or industrial chemicals, where there may be one for each), `source`, `as_of`, `verified`."""
    return table("contact_kinds")
