"""Names of countries and regions in six languages: CLDR, with the names the United Nations use where they differ.

`conventions/data/country_names.csv` and `group_names.csv` hold the reviewed names that replace those of CLDR.
"""

import csv
from functools import cache
from pathlib import Path

from babel import Locale

from conventions.languages import LANGUAGES

USAGE = Path(__file__).parent / "data" / "country_names.csv"
GROUPS = Path(__file__).parent / "data" / "group_names.csv"


def country(alpha2: str, language: str) -> str:
    """What a country is called in a language; the code itself where nothing is known of it."""
    return _names(language).get(alpha2, alpha2)


def region(code: str, language: str) -> str:
    """What an M49 region (`"142"`) or SDG group (`"722"`) is called; the code itself where nothing is known of it."""
    return _groups(language).get(code) or _names(language).get(code, code)


@cache
def _groups(language: str) -> dict[str, str]:
    return _column(GROUPS, "m49", language)


@cache
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories) | usage(language)


@cache
def usage(language: str) -> dict[str, str]:
    """The names that differ from CLDR, by alpha-2 code. Raises `KeyError` for a language that is not one of the six."""
    return _column(USAGE, "alpha2", language)


def _column(path: Path, key: str, language: str) -> dict[str, str]:
    column = LANGUAGES[language].code
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row[column] for row in csv.DictReader(file)}
