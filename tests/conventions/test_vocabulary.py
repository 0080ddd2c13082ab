"""The vocabulary: complete in six languages, and found in sentences as people write them."""

import csv
import re
import time

import pytest

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.vocabulary import TERMS, concepts, find, label

SENTENCES = [
    ("en", "Two containers of Hazardous Waste and used lead-acid batteries", ["hazardous-waste", "lead-acid-battery"]),
    ("en", "Is this WEEE, code Y49 or A1181?", ["e-waste", "y49", "a1181"]),
    ("en", "The country of import's competent authorities", ["state-of-import", "competent-authority"]),
    ("en", "Dismantled by the informal sector, then OPEN BURNING", ["dismantling", "informal-sector", "open-burning"]),
    ("fr", "les DECHETS DANGEREUX et l'autorité compétente", ["hazardous-waste", "competent-authority"]),
    ("fr", "Une quantité de déchets d’équipements électriques et électroniques (DEEE)", ["e-waste"]),
    ("fr", "trafics illicites, équipement usagé", ["illegal-traffic", "used-equipment"]),
    ("es", "un movimiento transfronterizo de residuos peligrosos", ["transboundary-movement", "hazardous-waste"]),
    ("es", "Las autoridades competentes; baterias de plomo", ["competent-authority", "lead-acid-battery"]),
    ("ru", "О трансграничных перевозках опасных отходов", ["transboundary-movement", "hazardous-waste"]),
    ("ru", "с компетентными органами стран-импортеров", ["competent-authority", "state-of-import"]),
    ("ru", "незаконного оборота электронных отходов, Ещё ртутью", ["illegal-traffic", "e-waste", "mercury"]),
    ("zh", "我们发现了危险废物的越境转移", ["hazardous-waste", "transboundary-movement"]),
    ("zh", "如何处理废旧 铅酸 电池和电子废物Y49?", ["lead-acid-battery", "e-waste", "y49"]),
    ("zh", "国家协调中心", ["national-focal-point"]),
    ("ar", "كيف نتعامل مع نفايات خطرة وبطاريات الرصاص", ["hazardous-waste", "lead-acid-battery"]),
    ("ar", "بالنفايات الخطرة والنفايات الإلكترونيّة", ["hazardous-waste", "e-waste"]),
    ("ar", "للنفايات الالكترونية والاتجار غير المشروع", ["e-waste", "illegal-traffic"]),
    ("ar", "وثيقة إخطار إلى السلطات المختصة", ["notification-document", "competent-authority"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "sentence", "keys"), SENTENCES)
def test_terms_are_found_as_people_write_them(language: str, sentence: str, keys: list[str]) -> None:
    """Inflected, without diacritics, in capitals, with Arabic articles and particles, with or without spaces."""
    assert find(sentence, language) == keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_finds_its_own_concept(language: str) -> None:
    """A label or an alternative, written alone, leads to its concept and to nothing else first."""
    wrong = {
        (concept.key, term): found
        for concept in concepts().values()
        for term in concept.terms(language)
        if (found := find(term, language)) != [concept.key]
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_concepts_share_a_label(language: str) -> None:
    """A label says which concept is meant."""
    labels = [concept.labels[language].casefold() for concept in concepts().values()]
    assert len(labels) == len(set(labels))


def test_the_longest_term_counts() -> None:
    """A term inside a longer one is not found beside it."""
    assert find("The national focal point", "en") == ["national-focal-point"]


def test_plain_words_are_no_terms() -> None:
    """A sentence without a term gives nothing."""
    assert find("We had a good lunch and went home early", "en") == []
    assert find("", "ar") == []


def test_a_label_in_each_language() -> None:
    """A label is the official term of that language."""
    assert {code: label("basel-convention", code) for code in LANGUAGES} == {
        "ar": "اتفاقية بازل",
        "zh": "巴塞尔公约",
        "en": "Basel Convention",
        "fr": "Convention de Bâle",
        "ru": "Базельская конвенция",
        "es": "Convenio de Basilea",
    }


def test_an_unknown_concept_is_named() -> None:
    """The error names the key that is not there."""
    with pytest.raises(ClearingHouseError, match="no-such-thing") as error:
        label("no-such-thing", "en")
    assert error.value.code == "unknown-concept"


def test_every_row_is_complete_and_says_where_it_is_from() -> None:
    """No label is empty; key, source, date and verified are there and well formed; rows are sorted."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == sorted(rows, key=lambda row: row["key"])
    for row in rows:
        assert re.fullmatch(r"[a-z0-9-]+", row["key"])
        assert all(row[code] for code in LANGUAGES), row["key"]
        assert row["source"] and re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["as_of"])
        assert row["verified"] in {"yes", "no"}


def test_labels_are_in_the_script_of_their_language() -> None:
    """A label copied into the wrong column is seen; acronyms of substances may stay Latin."""
    scripts = {"ar": r"[\u0600-\u06ff]", "zh": r"[\u3400-\u9fff]", "ru": r"[\u0400-\u04ff]"}
    for code, script in scripts.items():
        strangers = [c.key for c in concepts().values() if not re.search(script, c.labels[code])]
        assert strangers == []


def test_a_long_text_is_read_in_no_time() -> None:
    """Ten thousand words take well under a second, so that a forum post can be read while it is written."""
    text = "The State of export notified the competent authority of hazardous wastes. " * 1000
    find(text, "en")
    start = time.perf_counter()
    assert len(find(text, "en")) == 3
    assert time.perf_counter() - start < 1
