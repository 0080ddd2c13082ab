"""Names of countries and regions in six languages: CLDR, with the names the United Nations use where they differ.

`conventions/data/country_names.csv` holds the reviewed names that replace those of CLDR.
"""

import csv
from functools import cache
from pathlib import Path

from babel import Locale

from conventions.languages import LANGUAGES

USAGE = Path(__file__).parent / "data" / "country_names.csv"


def country(alpha2: str, language: str) -> str:
    """What a country is called in a language; the code itself where nothing is known of it."""
    return _names(language).get(alpha2, alpha2)


def region(code: str, language: str) -> str:
    """What an M49 region (`"142"`) is called in a language; the code itself where nothing is known of it."""
    return _names(language).get(code, code)


@cache
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories) | usage(language)


@cache
def usage(language: str) -> dict[str, str]:
    """The names that differ from CLDR, by alpha-2 code. Raises `KeyError` for a language that is not one of the six."""
    column = LANGUAGES[language].code
    with USAGE.open(encoding="utf-8", newline="") as file:
        return {row["alpha2"]: row[column] for row in csv.DictReader(file)}
