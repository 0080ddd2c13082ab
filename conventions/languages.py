"""The six official languages of the United Nations, as one table."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Language:
    """One language: `code` is BCP 47, `locale` is what JupyterLab's language packs are called."""

    code: str
    name: str
    direction: Direction
    locale: str


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("ar", "العربية", "rtl", "ar_SA"),
        Language("zh", "中文", "ltr", "zh_CN"),
        Language("en", "English", "ltr", "en"),
        Language("fr", "Français", "ltr", "fr_FR"),
        Language("ru", "Русский", "ltr", "ru_RU"),
        Language("es", "Español", "ltr", "es_ES"),
    )
}

SOURCE = "en"


def best(accepted: str, default: str = SOURCE) -> str:
    """The code of the language that an `Accept-Language` header prefers, or `default`."""
    ranked = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        ranked.append((-quality, place, tag.split("-")[0].lower()))
    return next((code for _, _, code in sorted(ranked) if code in LANGUAGES), default)
