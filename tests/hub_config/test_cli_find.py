"""Tests of `chm find`: what is found, in which language, and what it says when nothing is."""

import pytest

from hub_config.cli import main


def test_a_waste_is_found_with_its_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """The term, its definition, its own code and those that it falls under."""
    assert main(["find", "lead-acid battery scrap"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("lead-acid battery (Wastes)\n  Rechargeable battery of lead plates")
    assert "  Codes: basel/A1160\n" in shown and "  See also: basel/Y31, basel/Y34\n" in shown
    assert "  Broader: battery, hazardous wastes" in shown


def test_words_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    """Several concepts are shown in the order of the text, with an empty line between them."""
    assert main(["find", "A1181", "and", "CAS", "50-29-3"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert first.startswith("hazardous electrical and electronic waste (Wastes)")
    assert second.startswith("DDT (Chemicals)")


@pytest.mark.parametrize(
    ("language", "text", "term", "word"),
    [
        ("fr", "des batteries au plomb", "batterie au plomb (Déchets)", "Codes : "),
        ("es", "baterias de plomo", "batería de plomo (Desechos)", "Códigos: "),
        ("ru", "свинцовых аккумуляторов", "свинцово-кислотная батарея (Отходы)", "Коды: "),
        ("zh", "廢鉛酸電池", "铅酸电池 (废物)", "编码："),
        ("ar", "بطاريات الرصاص", "بطارية الرصاص الحمضية (النفايات)", "الرموز: "),
    ],
)
def test_the_answer_is_in_the_language_asked(
    capsys: pytest.CaptureFixture[str], language: str, text: str, term: str, word: str
) -> None:
    """The term, the scheme and the words around the codes."""
    assert main(["find", "--lang", language, text]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(term) and word + "basel/A1160" in shown


def test_what_is_mistyped_leads_to_near_terms(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is found: exit code 1, nothing on the output, and terms that are written alike."""
    assert main(["find", "asbsetos"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nothing for “asbsetos”" in shown.err and "Perhaps you mean: asbestos" in shown.err


def test_what_is_like_nothing_gets_no_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    """In the language asked, and without a second line."""
    assert main(["find", "--lang", "fr", "xyzzy qwrtp"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("Le vocabulaire n'a rien pour « xyzzy qwrtp »") and len(shown.splitlines()) == 1
