"""The annexes to the Basel Convention: complete, with periods that fit, found however a code is written."""

from datetime import date

import pandas as pd
import pytest

from conventions.annexes import annexes, applies, entries, entry
from conventions.codes import normal
from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import texts

LAST_OF_2020, FIRST_OF_2021 = date(2020, 12, 31), date(2021, 1, 1)
LAST_OF_2024, FIRST_OF_2025 = date(2024, 12, 31), date(2025, 1, 1)


def codes(annex: str, on: date) -> set[str]:
    return set(entries(annex, on)["code"])


def test_the_numbered_annexes_have_no_gap() -> None:
    """Y1 to Y45, Y46 to Y49, the hazard classes, D1 to D15 and R1 to R13: none is missing and none too many."""
    assert codes("I", FIRST_OF_2025) == {f"Y{number}" for number in range(1, 46)}
    assert codes("II", FIRST_OF_2025) == {"Y46", "Y47", "Y48", "Y49"}
    hazards = {"1", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "8", "10", "11", "12", "13"}
    assert codes("III", FIRST_OF_2025) == {f"H{number}" for number in hazards}
    operations = {f"D{number}" for number in range(1, 16)} | {f"R{number}" for number in range(1, 14)}
    assert codes("IV", FIRST_OF_2025) == operations


def test_the_lists_run_in_tens() -> None:
    """Lists A and B are numbered in tens from 010; the others in them are the few that were put between."""
    between = {"A1181", "B1031", "B1115", "B3011", "B3026", "B3027", "B3035", "B3065", "B3025"}
    last = {"A1": 1190, "A2": 2060, "A3": 3210, "A4": 4160, "B1": 1250, "B2": 2130, "B3": 3140, "B4": 4030}
    tens = {
        f"{part[0]}{number}" for part, end in last.items() for number in range(end // 1000 * 1000 + 10, end + 1, 10)
    }
    frame = annexes()
    listed = set(frame.loc[frame["annex"].isin(["VIII", "IX"]), "code"])
    assert listed - tens <= between
    assert tens <= listed


def test_plastics_changed_with_2021() -> None:
    """Decision BC-14/12: A3210, Y48 and B3011 in, B3010 out, on the same day."""
    assert codes("VIII", FIRST_OF_2021) - codes("VIII", LAST_OF_2020) == {"A3210"}
    assert codes("II", FIRST_OF_2021) - codes("II", LAST_OF_2020) == {"Y48"}
    assert codes("IX", FIRST_OF_2021) ^ codes("IX", LAST_OF_2020) == {"B3011", "B3010"}


def test_e_waste_changed_with_2025() -> None:
    """Decision BC-15/18: Y49 and A1181 in; A1180, B1110 and B4030 out, on the same day."""
    assert codes("II", FIRST_OF_2025) - codes("II", LAST_OF_2024) == {"Y49"}
    assert codes("VIII", FIRST_OF_2025) ^ codes("VIII", LAST_OF_2024) == {"A1181", "A1180"}
    assert codes("IX", LAST_OF_2024) - codes("IX", FIRST_OF_2025) == {"B1110", "B4030"}
    assert not codes("IX", FIRST_OF_2025) - codes("IX", LAST_OF_2024)


def test_before_the_convention_nothing_applies() -> None:
    """The annexes apply since the convention's entry into force, the lists since November 1998."""
    assert entries(on=date(1992, 5, 4)).empty
    assert codes("I", date(1992, 5, 5)) and not codes("VIII", date(1998, 11, 5)) and codes("VIII", date(1998, 11, 6))


def test_periods_fit() -> None:
    """No period ends before it begins, none overlaps another of the same code, and what ends says by what."""
    frame = annexes()
    ended = frame.dropna(subset=["valid_to"])
    assert (ended["valid_from"] <= ended["valid_to"]).all()
    assert (ended["ended_by"] != "").all() and (frame.loc[frame["valid_to"].isna(), "ended_by"] == "").all()
    for _, group in frame.sort_values("valid_from").groupby("code"):
        assert (group["valid_from"].iloc[1:].array > group["valid_to"].iloc[:-1].array).all()


def test_related_entries_exist_and_answer() -> None:
    """A mirror entry is in the annexes, and those of lists A and B that name each other do so both ways."""
    frame = annexes().set_index("code")
    pairs = {(code, other) for code, row in frame.iterrows() for other in row["related"].split("|") if other}
    assert {other for _, other in pairs} <= set(frame.index)
    one_way = {pair for pair in pairs if pair[::-1] not in pairs}
    # A1150, Y49 and Y48 are named by their mirrors; the entries themselves name fewer, or none.
    assert one_way == {("B1160", "A1150"), ("B3011", "Y48"), ("A3210", "Y48")} & one_way


def test_annex_iv_says_that_it_is_not_the_newest() -> None:
    """The meeting of 2025 amended Annex IV; its rows are marked and say so."""
    frame = entries("IV")
    assert set(frame["period_verified"]) == {"no"} and frame["note"].str.contains("2025").all()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a 1181", "A1181"),
        ("A-1181", "A1181"),
        ("Y-49", "Y49"),
        ("y ４９", "Y49"),
        ("Ｙ４９", "Y49"),
        ("y ٤٩", "Y49"),
        ("Y09", "Y9"),
        ("h6.1", "H6.1"),
        ("  d10 ", "D10"),
        ("В3011", "B3011"),
    ],
)
def test_codes_as_people_write_them(written: str, meant: str) -> None:
    """Lower case, spaces, hyphens, full-width digits, a leading zero and a Cyrillic letter lead to the entry."""
    assert normal(written) == meant
    assert entry(written, FIRST_OF_2025)["code"] == meant


@pytest.mark.parametrize("written", ["", "Z12", "Y99", "A9999", "31", "Y3 1; DROP TABLE", "🙂", "H6.9", "A" * 10_000])
def test_what_is_no_code_is_named(written: str) -> None:
    """An unknown code is refused with the code as it was written."""
    with pytest.raises(ClearingHouseError) as refused:
        entry(written)
    assert refused.value.code == "unknown-code" and refused.value.values["entry"] == written


def test_an_entry_outside_its_period_says_when_it_applies() -> None:
    """B3010 is gone since 2021 and A1181 was not there before 2025; both errors name the period."""
    with pytest.raises(ClearingHouseError) as gone:
        entry("B3010", FIRST_OF_2021)
    assert gone.value.code == "not-in-force" and gone.value.values["last"] == "2020-12-31"
    with pytest.raises(ClearingHouseError) as early:
        entry("A1181", LAST_OF_2024)
    assert (early.value.values["first"], early.value.values["last"]) == ("2025-01-01", "…")


def test_an_annex_is_found_by_its_numeral_only() -> None:
    """Small letters are fine; another annex is refused with the ones there are."""
    assert set(entries("viii", FIRST_OF_2025)["annex"]) == {"VIII"}
    with pytest.raises(ClearingHouseError) as refused:
        entries("VII")
    assert refused.value.code == "unknown-annex" and "VIII" in str(refused.value)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_errors_speak_six_languages(language: str) -> None:
    """The refusals of codes are translated, with the code in them."""
    for code in ("Y99", "B3010"):
        with pytest.raises(ClearingHouseError) as refused:
            entry(code, FIRST_OF_2021)
        sentence = refused.value.sentence(texts(language))
        assert code in sentence and sentence != str(refused.value)


def test_a_row_without_a_first_day_does_not_apply() -> None:
    """What is adopted and of which the day is not known is not said to be in force."""
    frame = pd.DataFrame({"valid_from": [pd.NaT, pd.Timestamp("2020-01-01")], "valid_to": [pd.NaT, pd.NaT]})
    assert list(applies(frame, date(2026, 1, 1))) == [False, True]
