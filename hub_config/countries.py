"""The countries of ISO 3166-1 in any of the six languages, for choosing one."""

import unicodedata
from functools import cache

from babel import Locale

# CLDR also names groups of countries, parts of countries and codes for tests, which ISO 3166-1 does not assign.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


@cache
def countries(language: str) -> dict[str, str]:
    """Alpha-2 code → name in that language, in the order of its readers' lists."""
    territories = Locale.parse(language).territories
    named = {code: str(name) for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    official = {code: name for code, name in named.items() if code not in NOT_ISO}
    return dict(sorted(official.items(), key=lambda pair: _order(pair[1])))


def _order(name: str) -> bytes:
    """Letters without their marks, so that É stands with E and أ with ا; common Chinese characters by pinyin."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    # GB 2312, which GB 18030 contains, lists its 3755 common characters in the order of their pinyin.
    return plain.casefold().encode("gb18030")
