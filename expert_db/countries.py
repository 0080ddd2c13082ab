"""What a member's country can be: those of ISO 3166-1, and `EU` for the European Union, which is a Party."""

import unicodedata
from functools import cache

from babel import Locale

from conventions.languages import SOURCE
from conventions.names import country

# CLDR also names groups of countries, parts of countries and codes for tests, which ISO 3166-1 does not assign.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


@cache
def codes() -> frozenset[str]:
    """Their codes, alpha-2."""
    named = map(str, Locale.parse(SOURCE).territories)
    return frozenset(code for code in named if len(code) == 2 and code.isalpha() and code not in NOT_ISO)


@cache
def countries(language: str) -> dict[str, str]:
    """Alpha-2 code → name in that language, in the order of its readers' lists."""
    return dict(sorted(((code, country(code, language)) for code in codes()), key=lambda pair: _order(pair[1])))


def _order(name: str) -> bytes:
    """Letters without their marks, so that É stands with E and أ with ا; common Chinese characters by pinyin."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    # GB 2312, which GB 18030 contains, lists its 3755 common characters in the order of their pinyin.
    return plain.casefold().encode("gb18030")
