"""Countries as sources name them: in CLDR's English, as the United Nations do, and the others in `source_names.csv`."""

import csv
from pathlib import Path

import pandas as pd
from babel import Locale

from conventions.countries import countries, territories
from conventions.names import usage
from conventions.stems import fold

SOURCE_NAMES = Path(__file__).parent / "source_names.csv"


def by_name() -> dict[str, str]:
    """Folded English name (`conventions.stems.fold`) → alpha-2 code."""
    with SOURCE_NAMES.open(encoding="utf-8", newline="") as file:
        others = {row["name"]: row["alpha2"] for row in csv.DictReader(file)}
    cldr = {Locale("en").territories[code]: code for code in known()["alpha2"]}
    names = cldr | {name: code for code, name in usage("en").items()} | others
    return {fold(name): code for name, code in names.items()}


def known() -> pd.DataFrame:
    """Countries and territories together: `alpha2`, `alpha3`, `m49` and what else `countries()` gives."""
    return pd.concat([countries(), territories()])
