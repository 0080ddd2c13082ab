"""The language of a text, by its script or its small words."""

import pytest

from forum_bridge.language import language_of


@pytest.mark.parametrize(
    ("text", "reads", "language"),
    [
        ("من يوقع وثيقة النقل؟", "en", "ar"),
        ("Кто подписывает документ о перевозке?", "en", "ru"),
        ("谁签署转移文件？", "en", "zh"),
        ("Who signs the movement document for this shipment?", "ar", "en"),
        ("Qui signe le document de mouvement pour ces déchets ?", "es", "fr"),
        ("¿Quién firma el documento relativo al movimiento?", "fr", "es"),
        ("A1160?", "ru", "ru"),
        ("见附件八 A1160 entry", "en", "zh"),
        ("Article 6 de la Convention: تنص المادة السادسة على أن دولة التصدير تخطر", "fr", "ar"),
        ("", "fr", "fr"),
    ],
)
def test_a_text_is_known_by_its_script_or_small_words(text: str, reads: str, language: str) -> None:
    """Six languages are told apart; what is too short to tell is in the language its writer reads."""
    assert language_of(text, reads) == language
