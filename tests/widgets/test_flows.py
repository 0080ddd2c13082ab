"""The widget of movements: its figures against a count from the files alone, flags, choices, texts."""

import csv
import gzip
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from conventions.languages import LANGUAGES
from conventions.names import country, region
from conventions.tables import DATA
from widgets.asked import Asked
from widgets.flows import CAVEATS, MOST, Flows

Row = dict[str, str]


def shown(choice: dict[str, str] | None = None, language: str = "en") -> Flows:
    """The widget for a visitor whose address holds this choice."""
    return Flows(Asked(language, view=choice or {}))


def figure(widget: Flows, name: str) -> dict[str, Any]:
    """One of the figures shown."""
    found: dict[str, Any] = next(figure for figure in widget.shown["figures"] if figure["name"] == name)
    return found


def read() -> list[Row]:
    """The movements from the file alone, without pandas and without the package's own loaders."""
    with gzip.open(DATA / "movements.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def regions() -> dict[str, str]:
    """The region of each country and area, from the files alone."""
    found: dict[str, str] = {}
    for name in ("countries.csv", "territories.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            found |= {row["alpha2"]: row["region"] for row in csv.DictReader(file)}
    return found


def summed(rows: list[Row], *by: str) -> dict[tuple[str, ...], float]:
    """Tonnes by the columns named, each row taken to the gram and summed exactly."""
    sums: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[tuple(row[column] for column in by)] += round(Decimal(row["tonnes"]), 6)
    return {key: float(value) for key, value in sums.items()}


CHOICES: list[dict[str, str]] = [
    {},
    {"from": "2001", "to": "2021"},
    {"from": "2019", "to": "2016", "outliers": "without"},
    {"from": "2010", "to": "2020", "exporter": "150", "class": "9"},
    {"from": "2004", "to": "2004", "importer": "DE"},
    {"from": "2018", "to": "2020", "exporter": "ID", "importer": "KR"},
]


def wanted(choice: dict[str, str], every_year: bool = False) -> list[Row]:
    """The rows that a choice is about."""
    of, full = regions(), {"from": "2020", "to": "2020"} | choice
    first, last = sorted((full["from"], full["to"]))
    return [
        row
        for row in read()
        if (every_year or first <= row["year"] <= last)
        and all(choice.get(side, "") in ("", row[side], of[row[side]]) for side in ("exporter", "importer"))
        and choice.get("class", "") in ("", row["hazard_class"])
        and not (choice.get("outliers") and "outlier" in row["flags"])
    ]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_flows_equal_a_sum_from_the_file(choice: dict[str, str]) -> None:
    """The largest flows in order, all others in one row, and the total, to the last digit."""
    rows = figure(shown(choice), "flows")["rows"]
    sums = summed(wanted(choice), "exporter", "importer")
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    top, rest = ranked[:MOST], ranked[MOST:]
    assert [row[:3] for row in rows[: len(top)]] == [[country(a, "en"), country(b, "en"), t] for (a, b), t in top]
    assert rows[-1][2] == summed(wanted(choice))[()]
    if rest:
        others = [row for row in wanted(choice) if (row["exporter"], row["importer"]) in dict(rest)]
        assert rows[-2][::2] == [f"Other flows: {len(rest):,}", summed(others)[()]]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_years_equal_a_sum_from_the_file(choice: dict[str, str]) -> None:
    """Each year's quantity, also outside the years chosen; 2021 is called partial."""
    rows = figure(shown(choice), "years")["rows"]
    sums = {year: tonnes for (year,), tonnes in summed(wanted(choice, every_year=True), "year").items()}
    assert {row[0]: row[1] for row in rows} == sums
    assert {row[0] for row in rows if row[2]} == {"2021"} & set(sums)


def test_between_regions() -> None:
    """Countries are summed up by their M49 regions."""
    of = regions()
    rows = [row | {"exporter": of[row["exporter"]], "importer": of[row["importer"]]} for row in wanted({})]
    sums = summed(rows, "exporter", "importer")
    told = figure(shown({"level": "regions"}), "flows")["rows"][:-1]
    assert {(a, b): t for a, b, t, _ in told} == {(region(a, "en"), region(b, "en")): t for (a, b), t in sums.items()}


def test_outliers_and_differing_reports_are_flagged_in_words() -> None:
    """Each flow shown has the flags its rows have, as words in the table and as marks in the chart."""
    told = figure(shown({"from": "2016", "to": "2020"}), "flows")
    flags: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in wanted({"from": "2016", "to": "2020"}):
        flags[country(row["exporter"], "en"), country(row["importer"], "en")] |= set(row["flags"].split("|")) - {""}
    for row, marks in zip(told["rows"], told["marks"], strict=False):
        assert set(marks) == flags[row[0], row[1]]
        assert ("outlier" in row[3], "differing" in row[3]) == ("outlier" in marks, "unbalanced" in marks)
    assert Counter(mark for marks in told["marks"] for mark in marks)["outlier"] > 1


def test_differing_reports_are_those_of_the_file() -> None:
    """Both sides' quantities, the widest apart first."""
    with (DATA / "movement_balances.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["balanced"] == "no" and row["year"] == "2019"]
    rows.sort(key=lambda row: -abs(float(row["exporter_tonnes"]) - float(row["importer_tonnes"])))
    told = figure(shown({"from": "2019", "to": "2019"}), "differing")
    assert [row[3:] for row in told["rows"]] == [
        [float(row["exporter_tonnes"]), float(row["importer_tonnes"])] for row in rows[:MOST]
    ]
    assert str(len(rows)) in told["summary"]


def test_the_sentence_says_what_the_picture_shows() -> None:
    """Total, share and largest flow, as a text in place of the chart."""
    told = figure(shown(), "flows")
    assert told["summary"] == (
        "2020: 25,543,756 tonnes were reported. The flows shown are 66% of it; "
        "the largest is Spain → Italy with 3,345,925 tonnes."
    )


def test_a_choice_in_the_browser_is_answered_and_nonsense_is_not() -> None:
    """What comes from a browser counts only if it can be chosen; the answer names the choice it is for."""
    widget = shown()
    widget.choice = widget.choice | {"exporter": "'; DROP TABLE", "from": "1066", "class": "9"}
    assert widget.shown["choice"] == widget.choice
    assert figure(widget, "flows") == figure(shown({"class": "9"}), "flows")
    widget.choice = {"level": ["regions"]}
    assert figure(widget, "flows") == figure(shown(), "flows")


def test_nothing_reported_is_said() -> None:
    """A choice without rows has a sentence, no rows and no division by nothing."""
    told = figure(shown({"exporter": "009", "importer": "002", "class": "5.2"}), "flows")
    assert (told["rows"], told["summary"]) == ([], "No movement was reported for this choice.")


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(language: str) -> None:
    """Titles, sentences, heads, controls, method and caveats are in her language."""
    widget, english = shown(language=language), shown()
    for mine, source in zip(widget.shown["figures"], english.shown["figures"], strict=True):
        assert not {mine["title"], mine["summary"]} & {source["title"], source["summary"]}
    labels = {control["label"] for control in widget.page["controls"]}
    assert not labels & {control["label"] for control in english.page["controls"]}
    assert not {widget.translate(sentence) for sentence in CAVEATS} & set(CAVEATS)
    assert "national reports" not in widget.page["note"]


def test_what_a_browser_gets_is_light() -> None:
    """Script, style, controls and figures together are less than half of what a page may weigh."""
    weight = sum(len(str(part).encode()) for part in (Flows._esm, Flows._css, shown().page, shown().shown))
    assert weight < 50_000
