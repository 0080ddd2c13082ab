"""The widget of national reports: its counts against the files alone."""

import csv
from typing import Any

import pytest

from conventions.languages import LANGUAGES
from conventions.names import country, region
from conventions.tables import DATA
from widgets.asked import Asked
from widgets.reporting import CAVEATS, METHOD, STATUS, Reporting

Rows = list[dict[str, str]]


def figures(place: str = "", year: str = "2020", language: str = "en") -> dict[str, dict[str, Any]]:
    """What is shown for an address, by name."""
    shown = Reporting(Asked(language, view={"place": place, "year": year})).shown
    return {figure["name"]: figure for figure in shown["figures"]}


def read(name: str) -> Rows:
    """A table from its file alone."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted_by_hand(year: str, place: str = "") -> tuple[list[int], dict[str, int]]:
    """In time, late, not reported among the Parties bound at the end of the year; and the place of each Party."""
    of = {row["alpha2"]: row["region"] for row in read("countries.csv")}
    told = {row["country"]: row for row in read("reporting.csv") if row["year"] == year}
    bound = [
        row["country"]
        for row in read("parties.csv")
        if row["convention"] == "basel" and row["in_force"][:4] <= year and place in ("", of[row["country"]])
    ]
    status = {code: 2 if code not in told else int(told[code]["submitted"] > told[code]["due"]) for code in bound}
    return [sum(each == place for each in status.values()) for place in range(3)], status


@pytest.mark.parametrize("place", ["", "002", "009"])
def test_years_equal_a_count_by_hand(place: str) -> None:
    """Every year, in the world and in a region; the last is called partial."""
    rows = figures(place)["years"]["rows"]
    assert [row[0] for row in rows] == [str(year) for year in range(2001, 2022)]
    for year, *counts, remark in rows:
        assert counts == counted_by_hand(year, place)[0]
        assert bool(remark) == (year == "2021")


@pytest.mark.parametrize("year", ["2002", "2019"])
def test_regions_and_parties_equal_a_count_by_hand(year: str) -> None:
    """Each region's counts, and what is said of each Party."""
    told = figures(year=year)
    for code, row in zip(("002", "019", "142", "150", "009"), told["regions"]["rows"], strict=True):
        assert row[:4] == [region(code, "en"), *counted_by_hand(year, code)[0]]
    counts, status = counted_by_hand(year)
    assert {row[0]: row[1] for row in told["parties"]["rows"]} == {
        country(code, "en"): STATUS[place] for code, place in status.items()
    }
    assert told["parties"]["summary"] == f"Parties in the list: {sum(counts)}, without a report: {counts[2]}."


def test_days_late_are_those_of_the_file() -> None:
    """The day of submission and how far it is from the day it was due."""
    rows = {row[0]: row[1:] for row in figures()["parties"]["rows"]}
    assert rows["Austria"] == ["late", "2022-03-08", 67]
    assert rows["Angola"] == ["not reported", "", None]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(language: str) -> None:
    """Titles, sentences, heads, method and caveats are in her language."""
    for mine, source in zip(figures(language=language).values(), figures().values(), strict=True):
        assert not {mine["title"], mine["summary"]} & {source["title"], source["summary"]}
    translate = Asked(language).translate
    assert not {translate(sentence) for sentence in METHOD + CAVEATS} & set(METHOD + CAVEATS)
