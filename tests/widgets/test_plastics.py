"""The widget of plastic and e-waste: its figures are those of the files, to the last digit."""

import csv
from decimal import Decimal
from typing import Any

import pytest

from conventions.languages import LANGUAGES
from conventions.names import country
from conventions.tables import DATA
from widgets.asked import Asked
from widgets.plastics import CAVEATS, ENTRIES, METHOD, MOST, WASTES, Plastics


def figures(language: str = "en", **view: str) -> dict[str, dict[str, Any]]:
    """What is shown for an address, by name."""
    return {figure["name"]: figure for figure in Plastics(Asked(language, view=view)).shown["figures"]}


def read(name: str) -> list[dict[str, str]]:
    """A table from its file alone."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    """A cell as a number, or nothing where none was reported."""
    return float(text) if text else None


@pytest.mark.parametrize("place", ["", "142", "CN", "KE"])
def test_trade_is_that_of_the_file(place: str) -> None:
    """Exports and imports of each year, for the world, a region and a country."""
    wanted = [
        [row["year"], number(row["exports"]), number(row["imports"])]
        for row in read("plastic_waste_trade.csv")
        if (row["country"] or row["m49"]) == (place or "001")
    ]
    assert wanted and figures(place=place)["trade"]["rows"] == wanted


@pytest.mark.parametrize("year", ["2010", "2021"])
def test_the_largest_exporters_are_those_of_the_file(year: str) -> None:
    """Countries in order of their exports, without regions and the world."""
    rows = [row for row in read("plastic_waste_trade.csv") if row["year"] == year and row["country"] and row["exports"]]
    rows.sort(key=lambda row: (-float(row["exports"]), row["country"]))
    assert figures(year=year)["traders"]["rows"] == [
        [country(row["country"], "en"), number(row["exports"]), number(row["imports"])] for row in rows[:MOST]
    ]


@pytest.mark.parametrize("waste", WASTES)
def test_generation_is_that_of_the_file(waste: str) -> None:
    """The countries that generate most, with kilograms for each person, and the sum over all in the sentence."""
    rows = [row for row in read("what_a_waste.csv") if row[waste]]
    rows.sort(key=lambda row: (-float(row[waste]), row["country"]))
    told = figures(waste=waste)["generated"]
    assert [row[:2] for row in told["rows"]] == [
        [country(row["country"], "en"), float(row[waste])] for row in rows[:MOST]
    ]
    for row, (_, _, each) in zip(rows, told["rows"], strict=False):
        assert each == pytest.approx(float(row[waste]) * 1000 / int(row["population"]), abs=0.05)
    whole = sum(Decimal(row[waste]) for row in rows)
    assert f"{len(rows)} countries" in told["summary"] and f"{whole:,.0f} tonnes" in told["summary"]


def test_the_entries_have_their_periods() -> None:
    """What applies since when, until when, and by which decision, as in the file."""
    told = {row[0]: row[1:6] for row in figures()["entries"]["rows"]}
    file = {row["code"]: row for row in read("basel_annexes.csv")}
    assert told == {
        code: [file[code][name] for name in ("annex", "valid_from", "valid_to", "added_by", "ended_by")]
        for code in ENTRIES
    }


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(language: str) -> None:
    """Titles, sentences, method and caveats are in her language."""
    for mine, source in zip(figures(language).values(), figures().values(), strict=True):
        assert not {mine["title"], mine["summary"]} & {source["title"], source["summary"]}
    translate = Asked(language).translate
    assert not {translate(sentence) for sentence in METHOD + CAVEATS} & set(METHOD + CAVEATS)
