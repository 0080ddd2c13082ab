"""What a word, a code or a sentence leads to: entries with their days, and the obligations that follow."""

from datetime import date

import pytest

from conventions.annexes import ANNEXES, annexes
from conventions.lookup import Finding, finding, look
from conventions.obligations import OBLIGATIONS
from conventions.vocabulary import concepts

TODAY = date(2026, 11, 24)


def one(text: str, language: str = "en", on: date = TODAY) -> Finding:
    found = look(text, language, on)
    assert found, text
    return found[0]


def articles(found: Finding) -> dict[str, list[str]]:
    return {convention: [each.articles for each in obligations] for convention, obligations in found.follows.items()}


def test_a_hazardous_waste_needs_consent() -> None:
    """A1160 stands in Annex VIII since its decision, and the consent of Article 6 is among what follows."""
    found = one("lead-acid battery scrap")
    assert found.concept.key == "lead-acid-battery"
    first = found.entries[0]
    assert (first.convention, first.annex, first.code, first.decision) == ("basel", "VIII", "A1160", "IV/9")
    assert (first.since, first.until) == (date(1998, 11, 6), None)
    assert articles(found)["basel"][1] == "6" and "4A" in articles(found)["basel"]


def test_other_wastes_need_consent_but_are_not_under_the_ban() -> None:
    """Y49 is in Annex II: the same consent, and no prohibition of Article 4A."""
    found = one("Y49")
    assert "6" in articles(found)["basel"] and "4A" not in articles(found)["basel"]


def test_list_b_needs_none_but_says_when() -> None:
    """B3011 is in Annex IX: its two sentences say when consent is needed all the same."""
    assert articles(one("B3011"))["basel"] == ["1(1)(a); IX", "1(1)(b), 3"]


@pytest.mark.parametrize(("on", "follows"), [(date(2024, 12, 31), True), (date(2025, 1, 1), False)])
def test_an_entry_that_has_ended_has_no_consequences(on: date, follows: bool) -> None:
    """A1180 applied until the end of 2024; its entry is still told, with that day."""
    found = one("A1180", on=on)
    assert found.entries[0].until == date(2024, 12, 31)
    assert bool(found.follows) is follows


def test_a_chemical_in_two_conventions_has_the_obligations_of_both() -> None:
    """DDT: restricted by Annex B, subject to the PIC procedure, and found by its CAS number too."""
    found = one("DDT")
    assert set(found.follows) == {"stockholm", "rotterdam"}
    assert found.cas == ("50-29-3",)
    assert one("50-29-3") == found


def test_what_was_adopted_and_is_not_known_to_apply_is_told_without_consequences() -> None:
    """Carbosulfan was listed in 2025; the day of its entry into force is not known here."""
    found = one("carbosulfan")
    (entry,) = found.entries
    assert (entry.decision, entry.since) == ("RC-12/3", None)
    assert not found.follows


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "batteries au plomb"),
        ("es", "baterías de plomo"),
        ("ru", "свинцовые аккумуляторы"),
        ("zh", "废铅酸电池"),
        ("ar", "بطاريات الرصاص"),
    ],
)
def test_every_language_leads_to_the_same(language: str, text: str) -> None:
    """A waste is found in the reader's language."""
    assert one(text, language).concept.key == "lead-acid-battery"


def test_a_text_in_another_language_is_found_too() -> None:
    """Where the language of the page finds nothing, the others are tried."""
    assert one("свинцовые аккумуляторы", "fr").concept.key == one("废铅酸电池", "es").concept.key == "lead-acid-battery"


def test_what_means_nothing_leads_nowhere() -> None:
    """No error, no entry."""
    assert look("", "en") == look("xyzzy", "ru") == look("<script>'; DROP TABLE", "zh") == []


def test_every_code_of_the_vocabulary_has_its_entry() -> None:
    """Whatever concept is looked up, no code of it leads into the void."""
    for concept in concepts().values():
        codes = [code for code in (*concept.codes, *concept.links) if not code.startswith("cas/")]
        assert len(finding(concept, TODAY).entries) >= len(codes), concept.key


def test_every_kind_of_entry_has_obligations() -> None:
    """Each annex that lists wastes or chemicals has its row; every sentence names its articles."""
    listed = {f"stockholm-{annex}" for annex in "ABC"} | {"rotterdam-III"}
    basel = {kind for kind in OBLIGATIONS if kind.startswith("basel-")}
    assert set(OBLIGATIONS) == listed | basel and len(basel) == 3
    assert all(each.articles and each.sentence.endswith(".") for row in OBLIGATIONS.values() for each in row)
    assert set(annexes()["annex"]) == set(ANNEXES)
