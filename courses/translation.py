"""Translations of notebooks: a PO file over the source notebook, one entry a paragraph or comment.

The context of an entry is its cell's id. Code and tests exist once, so a grade means the same in every language:
whatever a PO file holds, the code of a translated notebook is that of its source, comments aside. The words of a
question (`widgets.questions`) are comments too.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

import polib
from nbformat import NotebookNode

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_
from courses.faults import faults
from courses.units import LETTERS, Piece, Unit, kind_of, pieces, units
from widgets.questions import in_language

# How alike two English texts are for the translation of one to be offered for the other.
ALIKE = 0.6
NOTES = {"markdown": "Text in Markdown", "comment": "Comment in code; a line stays a line"}

Key = tuple[str, str]


@dataclass(frozen=True)
class Coverage:
    """How much of a notebook is in a language, counted in texts. Stale: translated once, the English has changed."""

    translated: int
    stale: int
    missing: int

    @property
    def total(self) -> int:
        return self.translated + self.stale + self.missing

    @property
    def share(self) -> float:
        """The part that is translated, from 0 to 1."""
        return self.translated / self.total if self.total else 1.0

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.translated + other.translated, self.stale + other.stale, self.missing + other.missing)


NOTHING = Coverage(0, 0, 0)


def path(folder: Path, language: str, item: str) -> Path:
    """Where a course's folder keeps the translation of an item."""
    return folder / "locale" / language / f"{item}.po"


def parse(text: str, name: str) -> polib.POFile:
    """The PO file that `text` is; refused with `translation-bad` if it is malformed."""
    try:
        # polib takes a text that has no line break for the name of a file.
        file = polib.pofile(text + "\n", wrapwidth=110, check_for_duplicates=True)
    except (OSError, ValueError) as error:
        raise ClearingHouseError(
            "translation-bad",
            N_("{name} is not a valid PO file: {reason}. Save it again from your translation tool."),
            name=name,
            reason=str(error),
        ) from error
    return file


def read(file: Path, language: str) -> polib.POFile:
    """The translation in a file, or an empty one if there is no file yet."""
    if not file.exists():
        return _new(language)
    try:
        return parse(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ClearingHouseError(
            "translation-bad",
            N_("{name} is not a valid PO file: {reason}. Save it again from your translation tool."),
            name=file.name,
            reason=str(error),
        ) from error


def _new(language: str) -> polib.POFile:
    file = polib.POFile(wrapwidth=110, check_for_duplicates=True)
    file.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return file


def update(notebook: NotebookNode, file: polib.POFile) -> polib.POFile:
    """`file` brought up to date with the notebook, as a new file.

    A text that moved to another cell keeps its translation; one that changed keeps it marked fuzzy, with the
    former English beside it; what is no longer used is kept as obsolete.
    """
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata, fresh.header = dict(file.metadata), file.header
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in file if entry.msgstr}
    wanted = units(notebook)
    left = {key: entry for key, entry in known.items() if key not in {(unit.cell, unit.text) for unit in wanted}}
    for unit in wanted:
        fresh.append(_entry(unit, known.get((unit.cell, unit.text)), left))
    for entry in left.values():
        fresh.append(_obsolete(entry))
    return fresh


def _entry(unit: Unit, exact: polib.POEntry | None, left: dict[Key, polib.POEntry]) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=unit.cell, msgid=unit.text, comment=NOTES[unit.kind])
    former = exact or _taken(left, _same_text(unit, left)) or _taken(left, _alike(unit, left))
    if former is not None:
        entry.msgstr, entry.tcomment, entry.flags = former.msgstr, former.tcomment, list(former.flags)
        entry.previous_msgid = former.previous_msgid if "fuzzy" in former.flags else None
        if former.msgid != unit.text:
            entry.previous_msgid = former.previous_msgid or former.msgid
            entry.flags = sorted({*former.flags, "fuzzy"})
    return entry


def _taken(left: dict[Key, polib.POEntry], key: Key | None) -> polib.POEntry | None:
    return left.pop(key) if key else None


def _same_text(unit: Unit, left: dict[Key, polib.POEntry]) -> Key | None:
    return next((key for key in left if key[1] == unit.text), None)


def _alike(unit: Unit, left: dict[Key, polib.POEntry]) -> Key | None:
    ranked = [(SequenceMatcher(None, key[1], unit.text).ratio(), key) for key in left if key[0] == unit.cell]
    best = max(ranked, default=None)
    return best[1] if best and best[0] >= ALIKE else None


def _obsolete(entry: polib.POEntry) -> polib.POEntry:
    kept = deepcopy(entry)
    kept.obsolete = True
    return kept


def sound(notebook: NotebookNode, file: polib.POFile) -> dict[Key, str]:
    """The translations that can be shown: of the present English, not fuzzy, and without fault."""
    return _sound(notebook, update(notebook, file))


def _sound(notebook: NotebookNode, fresh: polib.POFile) -> dict[Key, str]:
    entries = {(entry.msgctxt, entry.msgid): entry for entry in fresh if not entry.obsolete}
    return {
        (unit.cell, unit.text): entry.msgstr
        for unit in units(notebook)
        if (entry := entries[(unit.cell, unit.text)]).translated() and not faults(unit, entry.msgstr)
    }


def coverage(notebook: NotebookNode, file: polib.POFile) -> Coverage:
    """How much of the notebook the file translates; what has a fault counts as stale."""
    fresh = update(notebook, file)
    shown, begun = len(_sound(notebook, fresh)), sum(bool(entry.msgstr) for entry in fresh if not entry.obsolete)
    return Coverage(shown, begun - shown, len(units(notebook)) - begun)


def translate(notebook: NotebookNode, file: polib.POFile, language: str) -> NotebookNode:
    """The notebook in a language. What is not translated stays English and is marked as English."""
    translated = deepcopy(notebook)
    texts = sound(notebook, file)
    for cell in translated.cells:
        parts = [(piece, texts.get((cell.id, piece.text))) for piece in pieces(cell)]
        whole = kind_of(cell) == "comment"
        cell.source = _commented(parts, language) if whole else _marked_up(parts, language)
    return translated


def _commented(parts: list[tuple[Piece, str | None]], language: str) -> str:
    """Code with its comments; a question says that it is in the language as soon as all its words are."""
    source = "".join(piece.source(text) for piece, text in parts)
    whole = all(text is not None for piece, text in parts if piece.text)
    return in_language(source, language if whole else SOURCE)


def _marked_up(parts: list[tuple[Piece, str | None]], language: str) -> str:
    """Prose with each stretch that does not read like the rest of the page in a `div` of its own."""
    stretches = [(_language(piece, text, language), piece.source(text)) for piece, text in parts]
    groups = groupby(_joined(stretches), key=lambda stretch: stretch[0])
    sources = [(code, "".join(source for _, source in group)) for code, group in groups]
    return "".join(
        _wrapped(code, source, language, last=n == len(sources)) for n, (code, source) in enumerate(sources, 1)
    )


def _language(piece: Piece, text: str | None, language: str) -> str | None:
    """The language of a piece; `None` for what belongs to no language, such as code."""
    if not piece.text:
        return "" if not piece.first.strip() else None
    return SOURCE if text is None else language


def _joined(stretches: list[tuple[str | None, str]]) -> Iterator[tuple[str | None, str]]:
    """White space (language `""`) goes with what is before it."""
    before: str | None = None
    for code, source in stretches:
        before = before if code == "" else code
        yield before, source


def _wrapped(code: str | None, source: str, language: str, *, last: bool) -> str:
    plain = code is None or (code == language and LANGUAGES[code].direction == "ltr")
    if plain or not LETTERS.search(source):
        return source
    assert code is not None  # noqa: S101
    body, end = source.rstrip("\n"), "" if last else "\n\n"
    return f'<div lang="{code}" dir="{LANGUAGES[code].direction}">\n\n{body}\n\n</div>{end}'
