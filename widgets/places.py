"""Places to choose from: the world, its regions, and countries and areas by name in the reader's language."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from conventions import names
from conventions.countries import REGIONS, countries, territories
from conventions.texts import N_, Translate

WORLD = N_("All countries")


@cache
def region_of() -> dict[str, str]:
    """The M49 region of each country and area, by alpha-2 code."""
    return dict(countries()["region"]) | dict(territories()["region"])


def options(
    codes: Iterable[str], translate: Translate
) -> tuple[list[tuple[str, str]], list[tuple[str, list[tuple[str, str]]]]]:
    """What a `Control` offers: `""` for all, then a group of regions and one of these countries, each by its name."""
    language = translate.language.code
    regions = [(code, names.region(code, language)) for code in REGIONS]
    places = sorted(
        ((code, names.country(code, language)) for code in set(codes)), key=lambda pair: order(pair[1], language)
    )
    groups = [(translate(N_("Regions")), regions), (translate(N_("Countries and areas")), places)]
    return [("", translate(WORLD))], groups


def within(place: str, code: str) -> bool:
    """Whether a country is the place chosen, or lies in it."""
    return place in ("", code, region_of().get(code))


def order(name: str, language: str) -> bytes:
    """What names are sorted by: accents and the forms of alif count for nothing; in Chinese, by sound.

    GB 18030 keeps the order of GB 2312, whose common characters stand in the order of pinyin.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
    return bare.encode("gb18030" if language == "zh" else "utf-8")
