"""Tests of `chm find`: what is found, in which language, and what it says when nothing is."""

import pytest

from hub_config.cli import main


def test_a_waste_is_found_with_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    """The term, its definition, the annex that names it, what follows and what is near."""
    assert main(["find", "lead-acid battery scrap"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("lead-acid battery (Wastes)\n  Rechargeable battery of lead plates")
    assert (
        "  Basel Convention, Annex VIII, A1160: Waste lead-acid batteries, whole or crushed (applies since 199" in shown
    )
    assert "  What follows: Basel Convention\n" in shown and "have consented in writing. (Article 6)" in shown
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
        ("fr", "des batteries au plomb", "batterie au plomb (Déchets)", "Convention de Bâle, Annexe VIII, A1160"),
        ("es", "baterias de plomo", "batería de plomo (Desechos)", "Convenio de Basilea, anexo VIII, A1160"),
        (
            "ru",
            "свинцовых аккумуляторов",
            "свинцово-кислотная батарея (Отходы)",
            "Базельская конвенция, приложение VIII, A1160",
        ),
        ("zh", "廢鉛酸電池", "铅酸电池 (废物)", "《巴塞尔公约》附件VIII, A1160"),
        ("ar", "بطاريات الرصاص", "بطارية الرصاص الحمضية (النفايات)", "اتفاقية بازل، المرفق VIII, A1160"),
    ],
)
def test_the_answer_is_in_the_language_asked(
    capsys: pytest.CaptureFixture[str], language: str, text: str, term: str, word: str
) -> None:
    """The term, the scheme and the words around the annexes."""
    assert main(["find", "--lang", language, text]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(term) and word in shown


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
