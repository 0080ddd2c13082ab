"""Countries, their regions, and their names in six languages."""

import csv

import pytest
from babel.core import get_global

from conventions.compile.countries import SOURCE_NAMES, known
from conventions.countries import REGIONS, countries, territories
from conventions.languages import LANGUAGES
from conventions.names import USAGE, country, region
from conventions.plastics import trade
from conventions.sdg import transmission


def test_codes_agree_with_each_other() -> None:
    """Alpha-3 and M49 codes are those that CLDR gives for the alpha-2 code; only the EU has none."""
    aliases = get_global("territory_aliases")
    frame = countries()
    assert len(frame) == 198 and frame["alpha2"].is_unique
    states = frame[frame["alpha2"] != "EU"]
    for alpha2, alpha3, m49 in zip(states["alpha2"], states["alpha3"], states["m49"], strict=True):
        assert aliases[alpha3] == aliases[m49] == [alpha2]


def test_every_country_has_a_region_and_a_source() -> None:
    """The five M49 regions cover all; source, date and verification are there."""
    frame = countries()
    assert set(frame["region"]) == set(REGIONS)
    assert frame.groupby("region").size().to_dict() == {"002": 54, "009": 16, "019": 35, "142": 48, "150": 45}
    assert (frame[["source", "verified"]] != "").all(axis=None) and frame["as_of"].notna().all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_and_region_has_a_name(language: str) -> None:
    """No code is shown in place of a name, and no two countries share one."""
    names = [country(code, language) for code in countries()["alpha2"]]
    assert not set(names) & set(countries()["alpha2"])
    assert len(set(names)) == len(names)
    assert all(region(code, language) != code for code in REGIONS)


def test_names_are_those_the_united_nations_use() -> None:
    """Names of CLDR give way to the reviewed ones."""
    assert country("BY", "fr") == "Bélarus"
    assert country("ZW", "es") == "Zimbabwe"
    assert country("KR", "en") == "Republic of Korea"
    assert country("PS", "fr") == "État de Palestine"
    assert country("RU", "ru") == "Российская Федерация"
    assert country("KE", "zh") == "肯尼亚"
    assert region("142", "ar") == "آسيا"
    assert country("ZZZ", "en") == "ZZZ"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_in_the_statistics_has_a_name(language: str) -> None:
    """Regions of M49 and groups of the SDG database that tables name by code have a name of their own."""
    groups = {code for frame in (transmission(), trade()) for code in frame.loc[frame["country"] == "", "m49"]}
    names = [region(code, language) for code in groups]
    assert len(set(names)) == len(groups) and not set(names) & groups
    assert region("722", "fr") == "Petits États insulaires en développement"
    assert region("053", "en") == "Australia and New Zealand"


def test_the_reviewed_names_are_complete() -> None:
    """Each replaced name is given in all six languages with source, date and verification."""
    with USAGE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(all(row.values()) for row in rows)
    assert {row["alpha2"] for row in rows} <= set(known()["alpha2"])


def test_names_in_sources_lead_to_countries() -> None:
    """Every name that a source has for a country leads to one of the tables."""
    with SOURCE_NAMES.open(encoding="utf-8", newline="") as file:
        assert {row["alpha2"] for row in csv.DictReader(file)} <= set(known()["alpha2"])


def test_territories_are_no_countries() -> None:
    """Areas that only statistics name have codes that agree, a region and a name, and are not in the other table."""
    aliases = get_global("territory_aliases")
    frame = territories()
    assert not set(frame["alpha2"]) & set(countries()["alpha2"])
    assert set(frame["region"]) <= set(REGIONS) and set(frame["subregion"]) <= set(countries()["subregion"])
    for alpha2, alpha3, m49 in zip(frame["alpha2"], frame["alpha3"], frame["m49"], strict=True):
        assert aliases[alpha3] == aliases[m49] == [alpha2]
        assert all(country(alpha2, language) != alpha2 for language in LANGUAGES)
