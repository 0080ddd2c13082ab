"""Interface texts: found in a package's catalogue, filled in, counted, English when missing."""

from pathlib import Path

import pytest

from conventions import texts as module
from conventions.languages import LANGUAGES
from conventions.texts import N_, Translate, catalogue_path, texts


def test_a_marked_text_is_itself() -> None:
    """Marking changes nothing; English is the key."""
    assert N_("Basel Convention") == "Basel Convention"
    assert Translate("en")("Basel Convention") == "Basel Convention"


def test_a_text_in_another_language() -> None:
    """The catalogue of the package is read."""
    assert texts("fr")("Basel Convention") == "Convention de Bâle"
    assert texts("ar")("Basel Convention") == "اتفاقية بازل"


def test_places_are_filled() -> None:
    """Named places are filled in the translated text."""
    shown = texts("es")("“{concept}” is not in the vocabulary. Choose a concept from the list.", concept="y49")
    assert "y49" in shown and "{" not in shown and "vocabulary" not in shown


def test_a_text_without_translation_is_english() -> None:
    """Nothing is ever missing from a page."""
    assert texts("zh")("No such {thing}", thing="text") == "No such text"
    assert texts("ru").plural("{n} box", "{n} boxes", 1) == "1 box"
    assert texts("ru").plural("{n} box", "{n} boxes", 5) == "5 boxes"


@pytest.mark.parametrize(
    ("n", "shown"), [(1, "سطر واحد"), (2, "سطران"), (5, "5 أسطر"), (11, "11 سطراً"), (100, "100 سطر ")]
)
def test_plurals_follow_the_language(n: int, shown: str) -> None:
    """Arabic has more forms than two, and they are used."""
    counted = "{n} unverified row of {total}.", "{n} unverified rows of {total}."
    assert shown in texts("ar").plural(*counted, n, total=612)


def test_catalogues_lie_beside_the_code() -> None:
    """One path for each package and language, and the translator of a process is read once."""
    assert catalogue_path("widgets", "ar", Path("/x")) == Path("/x/widgets/locale/ar/messages.po")
    assert texts("fr") is texts("fr")
    assert set(module.PACKAGES) >= {"conventions", "widgets"}


def test_an_unknown_language_is_refused() -> None:
    """Only the six languages have texts."""
    assert "de" not in LANGUAGES
    with pytest.raises(KeyError):
        Translate("de")
