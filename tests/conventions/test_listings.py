"""What the Stockholm and Rotterdam conventions list: as many as they say, and found by numbers that hold."""

import re
from datetime import date

import pandas as pd
import pytest

from conventions import pic, pops
from conventions.cas import check_digit, normal
from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.listings import by_cas, listings
from conventions.texts import texts

# Chemicals listed after each meeting of the Conference of the Parties, as the Secretariat counts them.
STOCKHOLM = {0: 12, 4: 21, 5: 22, 6: 23, 7: 26, 8: 28, 9: 30, 10: 31, 11: 34, 12: 37}
# Chemicals in Annex III on a day; 43, 47, 50 and 52 are the numbers of the annex's printed editions.
ROTTERDAM = {
    "2004-02-24": 27,
    "2005-02-01": 41,
    "2006-01-01": 39,
    "2009-02-01": 40,
    "2011-10-24": 43,
    "2013-08-10": 47,
    "2015-09-15": 47,
    "2017-09-15": 50,
    "2019-09-16": 52,
    "2022-10-22": 54,
    "2023-10-22": 55,
}


def numbers(frame: pd.DataFrame) -> list[str]:
    return [number for listed in frame["cas"] for number in listed.split("|") if number]


@pytest.mark.parametrize(("meeting", "count"), STOCKHOLM.items())
def test_pops_after_each_meeting(meeting: int, count: int) -> None:
    """The initial twelve and what each meeting added; listing in a further annex adds no chemical."""
    frame = pops.pops()
    assert frame[frame["cop"].fillna(0) <= meeting]["key"].nunique() == count


@pytest.mark.parametrize(
    ("day", "count"),
    [("2004-05-16", 0), ("2004-05-17", 12), ("2010-08-26", 21), ("2023-11-16", 31), ("2025-02-26", 34)],
)
def test_pops_in_force_on_a_day(day: str, count: int) -> None:
    """What is adopted comes into force later; what was adopted in 2025 has no day yet and is not in force."""
    assert pops.listed(date.fromisoformat(day))["key"].nunique() == count
    assert set(pops.pops().query("in_force.isna()")["key"]) == {"chlorpyrifos", "mccp", "lc-pfca"}


def test_the_annexes_of_the_stockholm_convention() -> None:
    """DDT and PFOS are restricted; the seven formed unintentionally are in Annex C; no other is in two annexes."""
    frame = pops.pops()
    annex = {key: "".join(sorted(group["annex"])) for key, group in frame.groupby("key")}
    assert {key for key, in_annexes in annex.items() if "B" in in_annexes} == {"ddt", "pfos"}
    unintentional = {"hexachlorobenzene", "pcb", "pcdd", "pcdf", "pentachlorobenzene", "hcbd", "pcn"}
    assert {key for key, in_annexes in annex.items() if "C" in in_annexes} == unintentional
    assert set(annex.values()) == {"A", "B", "C", "AC"}


@pytest.mark.parametrize(("day", "count"), ROTTERDAM.items())
def test_annex_iii_on_a_day(day: str, count: int) -> None:
    """As many chemicals as the annex had; one in both categories is one chemical."""
    assert pic.listed(date.fromisoformat(day))["key"].nunique() == count


def test_annex_iii_with_what_the_meeting_of_2025_added() -> None:
    """57 are adopted and not removed: carbosulfan, and fenthion in certain formulations, are the last two."""
    frame = pic.annex_iii()
    frame = frame[frame["valid_to"].isna()]
    assert frame["key"].nunique() == 57
    last = frame[frame["cop"] == 12].set_index("key")["decision"].to_dict()
    assert last == {"carbosulfan": "RC-12/3", "fenthion-ulv": "RC-12/4"}


def test_categories_of_annex_iii() -> None:
    """Before the meeting of 2025: 36 pesticides, three of them formulations, 18 industrial chemicals, one in both."""
    frame = pic.listed(date(2024, 5, 1))
    of = {category: set(group["key"]) for category, group in frame.groupby("category")}
    pesticides = of["pesticide"] | of["severely hazardous pesticide formulation"]
    assert (len(pesticides - of["industrial"]), len(of["severely hazardous pesticide formulation"])) == (36, 3)
    assert len(of["industrial"] - pesticides) == 18
    assert of["pesticide"] & of["industrial"] == {"tributyltin"}


def test_every_cas_number_holds() -> None:
    """Each number has the digits and the check digit it should; a group's are called representative."""
    for frame in (pops.pops(), pic.annex_iii()):
        assert [normal(number) for number in numbers(frame)] == numbers(frame)
    groups = {"pfos", "pfoa", "pfhxs", "lc-pfca", "sccp", "mccp", "tetra-penta-bde", "hexa-hepta-bde", "decabde"}
    frame = pops.pops().set_index("key")
    assert set(frame.loc[sorted(groups), "cas_kind"]) == {"representative"}


def test_decisions_years_and_dates_agree() -> None:
    """A decision's number is that of its meeting, a meeting has one year, and no force precedes adoption."""
    for frame, prefix, start in ((pops.pops(), "SC", "in_force"), (pic.annex_iii(), "RC", "valid_from")):
        decided = frame[frame["decision"] != ""]
        for decision, meeting in zip(decided["decision"], decided["cop"], strict=True):
            assert re.fullmatch(rf"{prefix}-{meeting}/\d+", decision)
        assert (frame.groupby(frame["cop"].fillna(0))["year"].nunique() == 1).all()
        known = frame.dropna(subset=[start])
        assert (known[start].dt.year >= known["year"]).all()
        assert (frame["decision"] == "").tolist() == frame["cop"].isna().tolist()


@pytest.mark.parametrize(
    "written", ["50-29-3", "50293", "CAS 50-29-3", "CAS No. 50‑29‑3", "５０-２９-３", "٥٠-٢٩-٣", " 50 29 3 "]
)
def test_cas_numbers_as_people_write_them(written: str) -> None:
    """Spaces, missing or other hyphens, full-width digits and the word before it do not matter."""
    assert set(by_cas(written)["convention"]) == {"stockholm", "rotterdam"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("50-29-4", "cas-check-digit"),
        ("DDT", "cas-shape"),
        ("", "cas-shape"),
        ("1-2-3-4", "cas-shape"),
        ("9" * 5000, "cas-shape"),
        ("٥٠-٢٩", "cas-shape"),
        ("7732-18-5", "unknown-cas"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_listed_number_is_said(written: str, code: str, language: str) -> None:
    """A slip of the pen, a word and a number that is not listed are three different things to do something about."""
    with pytest.raises(ClearingHouseError) as refused:
        by_cas(written)
    assert refused.value.code == code and written.strip() in str(refused.value)
    sentence = refused.value.sentence(texts(language))
    assert written.strip() in sentence and (language == "en") == (sentence == str(refused.value))


def test_the_check_digit_is_told() -> None:
    """The error for a slip names the digit that would fit, and the rule is that of the registry: 7732-18-5 is water."""
    assert check_digit("773218") == 5
    with pytest.raises(ClearingHouseError) as refused:
        normal("7732-18-4")
    assert refused.value.values["digit"] == 5


def test_listings_hold_both_conventions_and_nothing_removed() -> None:
    """All POPs and the 58 rows of Annex III that stand are there; a removed formulation is not."""
    frame = listings()
    assert frame["convention"].value_counts().to_dict() == {"rotterdam": 58, "stockholm": 42}
    assert "monocrotophos-sl" not in set(frame["key"])
    assert (frame[["source", "verified", "chemical"]] != "").all(axis=None)
