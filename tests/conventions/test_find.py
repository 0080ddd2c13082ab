"""Finding concepts in texts: `sentences.csv` holds, for each language, sentences with exactly what they speak of."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from conventions.languages import LANGUAGES
from conventions.stems import fold
from conventions.terms import Term, Terms
from conventions.vocabulary import concepts, find

with (Path(__file__).parent / "sentences.csv").open(encoding="utf-8", newline="") as file:
    SENTENCES = [(row["language"], row["sentence"], row["concepts"].split()) for row in csv.DictReader(file)]

languages = st.sampled_from(list(LANGUAGES))


@pytest.mark.parametrize(("language", "sentence", "keys"), SENTENCES)
def test_terms_are_found_as_people_write_them(language: str, sentence: str, keys: list[str]) -> None:
    """Inflected, without diacritics, in capitals, with articles and particles, in either kind of Chinese; no more."""
    assert find(sentence, language) == keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_sentences_enough(language: str) -> None:
    """Sixty or more for each language, some of them with words that only look like terms."""
    expected = [keys for code, _, keys in SENTENCES if code == language]
    assert len(expected) >= 60 and [] in expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_finds_its_own_concept(language: str) -> None:
    """A label or an alternative, written alone, leads to its concept and to nothing else."""
    wrong = {
        (concept.key, term): found
        for concept in concepts().values()
        for term in concept.terms(language)
        if (found := find(term, language)) != [concept.key]
    }
    assert wrong == {}


@pytest.mark.parametrize("characters", ["s2t", "s2tw", "s2hk"])
def test_every_chinese_term_is_found_in_traditional_characters(characters: str) -> None:
    """As written in general, in Taiwan and in Hong Kong; a label with a new character needs its row in the table."""
    traditional = OpenCC(characters)
    wrong = {
        (concept.key, written): found
        for concept in concepts().values()
        for term in concept.terms("zh")
        if (found := find(written := traditional.convert(term), "zh")) != [concept.key]
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_finds_its_concept_in_every_language(language: str) -> None:
    """Codes of the Basel annexes and CAS numbers, within a sentence."""
    for concept in concepts().values():
        for code in concept.codes:
            authority, _, written = code.partition("/")
            if authority in {"basel", "cas"}:
                assert find(f"({written}): 1 t", language) == [concept.key], code


@pytest.mark.parametrize("written", ["A1181", "a1181", "A 1181", "A-1181", "А1181", "A1181."])
def test_codes_are_found_however_they_are_typed(written: str) -> None:
    """Small letters, a space or hyphen, a Cyrillic letter."""
    assert find(f"waste under {written}", "en") == ["waste", "a1181"]


def test_codes_are_found_in_the_digits_of_other_scripts() -> None:
    """Full-width characters in Chinese, the digits of Arabic script in Arabic."""
    assert find("编码Ａ１１８１", "zh") == ["a1181"]
    assert find("رقم ٥٠-٢٩-٣", "ar") == find("رقم ۵۰-۲۹-۳", "ar") == ["ddt"]


@pytest.mark.parametrize("number", ["A11811", "XA1181", "A1181b", "150-29-3", "50-29-34", "050-29-3", "Y490"])
def test_a_longer_number_is_no_code(number: str) -> None:
    """A code or CAS number inside a longer one is not found."""
    assert find(f"number {number} on the form", "en") == []


def test_a_word_with_other_meanings_needs_company_capitals_or_to_be_alone() -> None:
    """An ambiguous term counts beside a neighbour of its concept, with its capitals, or as the whole text."""
    assert find("lead", "en") == find(" LEAD ", "en") == ["lead"]
    assert find("a lead in the race", "en") == []
    assert find("lead and cadmium", "en") == ["lead", "cadmium"]
    assert find("Each Party decides", "en") == find("The Parties decide", "en") == ["party"]
    assert find("they joined the party", "en") == []


def test_a_phrase_with_another_meaning_hides_the_term_in_it() -> None:
    """The longest term counts, and that may be one that stands for no concept."""
    terms = Terms("en", [Term("waste", "waste"), Term("waste of time", ""), Term("time limit", "limit")])
    assert [mention.key for mention in terms.mentions("a waste of time, and waste")] == ["waste"]


def test_a_term_inside_a_longer_one_does_not_count_but_overlapping_ones_do() -> None:
    """Of "disposal of wastes" and "medical waste" neither is inside the other."""
    terms = Terms("en", [Term("hot waste", "hot"), Term("waste oil", "oil"), Term("waste", "waste")])
    assert [mention.key for mention in terms.mentions("hot waste oil; oil waste")] == ["hot", "oil", "waste"]


def test_no_term_goes_across_the_end_of_a_sentence() -> None:
    """What ends one sentence and begins the next is no term together."""
    assert find("We know hazardous. Waste is what?", "en") == ["waste"]
    assert find("危险。废物", "zh") == ["waste"]


@given(st.text(), languages)
def test_any_text_can_be_read(text: str, language: str) -> None:
    """Whatever is written, an answer of known concepts comes back, each once."""
    found = find(text, language)
    assert set(found) <= set(concepts()) and len(found) == len(set(found))


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
@settings(max_examples=60)
def test_paragraphs_have_what_their_sentences_have(chosen: list[tuple[str, str, list[str]]]) -> None:
    """Sentences of one language, put together, give all that each gives, in order; context can only add."""
    language = chosen[0][0]
    sentences = [sentence for code, sentence, _ in chosen if code == language]
    found = find("\n\n".join(sentences), language)
    for sentence in sentences:
        alone = find(sentence, language)
        assert [key for key in found if key in alone] == sorted(alone, key=found.index)
        assert set(alone) <= set(found)


@given(st.sampled_from(sorted(concepts())), languages, st.data())
@settings(max_examples=200)
def test_case_and_diacritics_change_nothing(key: str, language: str, data: st.DataObject) -> None:
    """An unambiguous term is found folded, in capitals and in small letters; only "Annex A" needs its capital."""
    concept = concepts()[key]
    plain = [term for term in concept.terms(language) if term not in concept.ambiguous[language]]
    plain = [term for term in plain if not re.search(r" [A-Z]\b", term)]
    if plain:
        term = data.draw(st.sampled_from(plain))
        for written in (fold(term), term.upper(), term.lower(), fold(fold(term))):
            assert find(f"({written})", language) == [key]
