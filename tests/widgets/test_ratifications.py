"""The widget of Parties over time: its figures, its texts, and what the reader's choice does to it."""

import csv
from pathlib import Path

import pytest

from conventions.countries import COUNTRIES, REGIONS
from conventions.languages import LANGUAGES
from conventions.parties import CONVENTIONS, PARTIES, parties
from widgets.asked import Asked
from widgets.ratifications import TEXTS, Ratifications, counted


def shown(language: str = "en") -> Ratifications:
    """The widget for a visitor who chose nothing but the language."""
    return Ratifications(Asked(language, tuple(CONVENTIONS), ""))


def counted_by_hand(convention: str, region: str, year: int) -> int:
    """The same figure from the files alone, without pandas and without the package's own loaders."""
    with COUNTRIES.open(encoding="utf-8") as file:
        regions = {row["alpha2"]: row["region"] for row in csv.DictReader(file)}
    with PARTIES.open(encoding="utf-8") as file:
        return sum(
            row["convention"] == convention and regions[row["country"]] == region and int(row["in_force"][:4]) <= year
            for row in csv.DictReader(file)
        )


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("year", [1991, 1992, 2004, 2014, 2019, 2025])
def test_figures_equal_a_count_by_hand(convention: str, year: int) -> None:
    """Each convention, each region, at the years where something begins or ends."""
    widget = shown()
    place = widget.years.index(year)
    assert {region: widget.counts[convention][region][place] for region in REGIONS} == {
        region: counted_by_hand(convention, region, year) for region in REGIONS
    }


def test_who_joined_before_the_first_year_counts_from_then_on() -> None:
    """Wherever the years begin, each figure is of all who have joined by then."""
    figures = counted(parties(), [2004, 2005])["basel"]["002"]
    assert figures == [counted_by_hand("basel", "002", year) for year in (2004, 2005)]


def test_what_is_incomplete_is_said() -> None:
    """The last complete year is the one before the main source ends, and the note names sources and dates."""
    widget = shown()
    assert (widget.complete, widget.years[0], widget.years[-1]) == (2014, 1991, 2025)
    assert "14 March 2015" in widget.note and "68 unverified rows of 634" in widget.note


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_text_reaches_the_front_end_translated(language: str) -> None:
    """Texts, conventions and regions are in her language, with the direction of its script."""
    widget, english = shown(language), shown()
    assert widget.direction == LANGUAGES[language].direction
    assert widget.texts.keys() == TEXTS.keys()
    assert not set(widget.texts.values()) & set(english.texts.values()) - {"Region"}
    assert not set(widget.names.values()) & set(english.names.values())
    assert list(widget.regions) == list(REGIONS)


def test_a_view_from_an_address() -> None:
    """The widget opens as the address says."""
    widget = Ratifications(Asked("es", ("ban", "basel"), "019"))
    assert (widget.conventions, widget.region) == (["ban", "basel"], "019")


def test_no_text_is_written_in_the_front_end() -> None:
    """The script draws and takes every word from Python, in at most 160 lines."""
    script = Path("widgets/ratifications.js").read_text(encoding="utf-8")
    assert "innerHTML" not in script and len(script.splitlines()) <= 160
    assert set(TEXTS) == set(_texts_used(script))


def _texts_used(script: str) -> list[str]:
    return [part.split('"')[0] for part in script.split('text("')[1:]]
