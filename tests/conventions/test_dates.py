"""Dates in six languages: the day first in English, both names of a month in Arabic, the first of a month in French."""

from datetime import date

import pytest

from conventions.dates import written
from conventions.languages import LANGUAGES
from conventions.texts import texts


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1 May 2024"),
        ("fr", "1er mai 2024"),
        ("es", "1 de mayo de 2024"),
        ("ru", "1 мая 2024\u202fг."),
        ("zh", "2024年5月1日"),
        ("ar", "1 أيار/مايو 2024"),
    ],
)
def test_as_united_nations_texts_write_it(language: str, expected: str) -> None:
    """Each language has its own order and its own names of months."""
    assert written(date(2024, 5, 1), language) == expected


def test_only_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    """The 11th, 21st and 31st are written as figures."""
    assert [written(date(2024, 5, day), "fr") for day in (11, 21, 31)] == ["11 mai 2024", "21 mai 2024", "31 mai 2024"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_of_a_year_are_told_apart(language: str) -> None:
    """No two days are written alike, and every year has four Latin digits."""
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + place) for place in range(366)]
    shown = [written(day, language) for day in days]
    assert len(set(shown)) == 366 and all("2024" in text for text in shown)


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "11,331"), ("fr", "11\u202f331"), ("es", "11.331"), ("ru", "11\xa0331")]
)
def test_counts_are_grouped(language: str, expected: str) -> None:
    """A counted text has the thousands apart, as its language does it."""
    counted = texts(language).plural(
        "{n} unverified row of {total}.", "{n} unverified rows of {total}.", 11331, total=""
    )
    assert expected in counted
