"""The list of countries in six languages."""

import pytest

from conventions.languages import LANGUAGES
from expert_db.countries import countries


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_of_the_standard_is_named(language: str) -> None:
    """ISO 3166-1 assigns 249 codes, and the European Union is a Party; each has a name, other groups are not there."""
    named = countries(language)
    assert len(named) == 250
    assert all(named.values())
    assert "EU" in named
    assert not {"UN", "ZZ"} & set(named)


def test_names_stand_where_a_reader_looks_for_them() -> None:
    """Marks on letters do not count: Åland after Albania is a list in the order of codes, not of letters."""
    assert list(countries("en").values())[:4] == ["Afghanistan", "Åland Islands", "Albania", "Algeria"]
    assert list(countries("zh").values())[:3] == ["阿尔巴尼亚", "阿尔及利亚", "阿富汗"]
    assert next(iter(countries("ar").values())) == "إثيوبيا"
