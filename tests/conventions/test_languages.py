"""The six languages and which of them a browser asks for."""

import pytest

from conventions.languages import LANGUAGES, best


def test_the_six_languages_of_the_united_nations() -> None:
    """Six, each under its own name; Arabic alone runs from right to left."""
    assert set(LANGUAGES) == {"ar", "zh", "en", "fr", "ru", "es"}
    assert [code for code, language in LANGUAGES.items() if language.direction == "rtl"] == ["ar"]
    assert LANGUAGES["fr"].name == "Français" and LANGUAGES["zh"].locale == "zh_CN"


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("de, fr;q=0.7, en;q=0.3", "fr"),
        ("zh-Hant-TW", "zh"),
        ("en;q=0.1, ru;q=0.9", "ru"),
        ("de, nl", "en"),
        ("", "en"),
        ("es;q=x, fr;q=0.2", "fr"),
    ],
)
def test_the_best_language_for_a_browser(accepted: str, code: str) -> None:
    """The weight decides, regions and scripts do not matter, what cannot be read counts least."""
    assert best(accepted) == code


def test_another_default() -> None:
    """Where nothing fits the caller's choice stands."""
    assert best("de", default="es") == "es"
