"""Interface texts in six languages.

Every package that shows text keeps `locale/<language>/messages.po` beside its code. The English text in the
code is the key, so English needs no catalogue and can never be missing.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from conventions.languages import LANGUAGES, SOURCE

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("conventions", "widgets", "expert_db", "forum_bridge", "courses", "hub_config")


def N_(text: str) -> str:
    """Mark `text` for the catalogues where it is written; it is translated where it is shown."""
    return text


def catalogue_path(package: str, language: str, root: Path = ROOT) -> Path:
    """Where a package keeps its texts in a language."""
    return root / package / "locale" / language / "messages.po"


class Translate:
    """Texts in one language: `translate("Hello, {name}", name=…)`.

    A text that no catalogue has is shown in English; `chm check` refuses such a catalogue before a release.
    """

    def __init__(self, language: str, packages: tuple[str, ...] = PACKAGES) -> None:
        self.language = LANGUAGES[language]
        self._catalogues: list[NullTranslations] = [
            _load(path)
            for package in packages
            if language != SOURCE and (path := catalogue_path(package, language)).exists()
        ]

    def __call__(self, text: str, /, **values: Any) -> str:
        found = next((t for c in self._catalogues if (t := c.gettext(text)) != text), text)
        return found.format(**values) if values else found

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The form of a counted text for the number `n`, which the text may show, grouped by thousands, as `{n}`."""
        english = one if n == 1 else many
        found = (c.ngettext(one, many, n) for c in self._catalogues)
        shown = format_decimal(n, locale=self.language.code)
        return next((t for t in found if t != english), english).format(n=shown, **values)


def _load(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return Translations(compiled)


@cache
def texts(language: str) -> Translate:
    """The platform's texts in a language; read once a process."""
    return Translate(language)
