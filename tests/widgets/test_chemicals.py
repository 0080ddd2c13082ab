"""The widget of listed chemicals: every listing, found by name and number; the annexes over time."""

import csv
from typing import Any

import pytest

from conventions.languages import LANGUAGES
from conventions.tables import DATA
from widgets.asked import Asked
from widgets.chemicals import CAVEATS, LISTS, METHOD, Chemicals
from widgets.places import order


def figures(find: str = "", annex: str = "", language: str = "en") -> list[dict[str, Any]]:
    """What is shown for an address."""
    told: list[dict[str, Any]] = Chemicals(Asked(language, view={"find": find, "list": annex})).shown["figures"]
    return told


def read(name: str) -> list[dict[str, str]]:
    """A table from its file alone."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("annex", ["", *LISTS])
def test_every_listing_of_the_files_is_there(annex: str) -> None:
    """Names, numbers, decisions and years are those of the two files, whole or one annex of them."""
    files = read("stockholm_listings.csv") + [row | {"annex": "III"} for row in read("rotterdam_annex_iii.csv")]
    wanted = [(row["cas"], row["decision"], row["year"]) for row in files if annex in ("", row["annex"])]
    listings = figures(annex=annex)[0]
    assert sorted((row[1].replace(", ", "|"), row[4], row[5]) for row in listings["rows"]) == sorted(wanted)
    assert listings["summary"] == f"Listings found: {len(wanted)}."


def test_the_annexes_over_time_equal_a_count_by_hand() -> None:
    """After each meeting: the listings of each annex, and the chemicals, each once."""
    rows = read("stockholm_listings.csv")
    for year, a, b, c, each_once in figures()[1]["rows"]:
        until = [row for row in rows if row["year"] <= year]
        assert [a, b, c] == [sum(row["annex"] == annex for row in until) for annex in "ABC"]
        assert each_once == len({row["key"] for row in until})
    assert [row[-1] for row in figures()[1]["rows"]] == [12, 21, 22, 23, 26, 28, 30, 31, 34, 37]


@pytest.mark.parametrize(
    ("wanted", "language", "chemical"),
    [
        ("50-29-3", "en", "DDT"),
        (" 50293", "en", "DDT"),
        ("５０-２９-３", "zh", "DDT"),
        ("ASBESTOS", "en", "Actinolite asbestos"),
        ("amiante", "fr", "Actinolite asbestos"),
        ("ДДТ", "ru", "DDT"),
    ],
)
def test_found_by_number_and_by_name_in_her_language(wanted: str, language: str, chemical: str) -> None:
    """A CAS number however it is written; a word of the name, in English or through the vocabulary."""
    assert chemical in figures(wanted, language=language)[0]["rows"][0][0 if language == "en" else 1]


@pytest.mark.parametrize("wanted", ["'; DROP TABLE", "%", ".*", "zzz", "[", "1-1"])
def test_what_is_not_there_is_not_found(wanted: str) -> None:
    """Nonsense finds nothing and breaks nothing."""
    assert figures(wanted)[0]["rows"] == []


def test_a_wrong_check_digit_is_named() -> None:
    """A slip in a number is told apart from a chemical that is not listed."""
    assert "its last digit should be 3" in figures("50-29-4")[0]["summary"]


def test_what_ended_and_what_has_no_day_is_said() -> None:
    """A listing that ended says when and by which decision; one without a day says so."""
    status = {row[0]: row[6] for row in figures()[0]["rows"]}
    assert any(
        "ended on 14 September 2015 (RC-7/4)" in text for name, text in status.items() if "Methamidophos" in name
    )
    assert status["Chlorpyrifos"].startswith("day of entry into force not known here")


@pytest.mark.parametrize(
    ("language", "number", "name"),
    [
        ("ar", "309-00-2", "ألدرين"),
        ("zh", "309-00-2", "艾氏剂"),
        ("fr", "12001-28-4", "Amiante crocidolite"),
        ("ru", "115-29-7", "Эндосульфан"),
        ("es", "55-38-9", "Fentión"),
    ],
)
def test_each_is_called_by_its_name_in_her_language(language: str, number: str, name: str) -> None:
    """Before the English text, which says what the listing covers."""
    listings = figures(number, language=language)[0]
    assert {row[0] for row in listings["rows"]} == {name}
    assert [column["kind"] for column in listings["columns"][:2]] == ["text", "english"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_listing_has_a_name_and_they_are_in_its_order(language: str) -> None:
    """None is missing in any language; what stands in the English text is the same in all."""
    rows, english = figures(language=language)[0]["rows"], figures()[0]["rows"]
    names = [row[0] for row in rows]
    assert all(names) and names == sorted(names, key=lambda name: order(name, language))
    assert sorted(row[-7] for row in rows) == sorted(row[0] for row in english)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(language: str) -> None:
    """All but what stands in the English text is in her language."""
    for mine, source in zip(figures(language=language), figures(), strict=True):
        assert not {mine["title"], mine["summary"]} & {source["title"], source["summary"]}
    assert not {row[3] for row in figures(language=language)[0]["rows"]} & set(LISTS.values())
    translate = Asked(language).translate
    assert not {translate(sentence) for sentence in METHOD + CAVEATS} & set(METHOD + CAVEATS)
