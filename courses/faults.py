"""What a translation may not change: links, code, places to fill, tags, structure. It may not bring in any either."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from markdown_it.token import Token

from conventions.texts import N_
from courses.notebook import MARKERS
from courses.units import Unit, parser
from widgets.questions import ITEM

TAG = re.compile(r"<(/?[a-zA-Z][^>]*|!--.*?--)>", re.DOTALL)
PLACE = re.compile(r"{\w+}")
MATH = re.compile(r"\$\$?[^$]+\$\$?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# They can make code look like something it is not ("Trojan Source", CVE-2021-42574).
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")

Kept = Callable[[str], Counter[str]]


# Comparing means to parse both as Markdown, and most texts of a course stay the same between two looks at it.
@lru_cache(maxsize=20_000)
def faults(unit: Unit, translation: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """What is wrong with the translation of a unit, as catalogue texts with their values; empty if nothing is."""
    found: list[tuple[str, dict[str, str]]] = []
    if CONTROL.search(translation) or (unit.kind == "comment" and REORDERING.search(translation)):
        found.append((N_("It holds characters that cannot be seen. Type the text again."), {}))
    if any(marker in translation for marker in MARKERS):
        found.append((N_("It holds a mark of nbgrader. Remove it."), {}))
    if unit.kind == "comment" and _items(unit.text) != _items(translation):
        found.append((N_("It has another number of lines that begin with “- ” than the English text."), {}))
    if unit.kind == "markdown":
        for message, kept in KEPT:
            found += _difference(message, kept(unit.text), kept(translation))
        if not found and _shape(unit.text) != _shape(translation):
            found.append((N_("It is cut into other paragraphs, lists or headings than the English text."), {}))
    return tuple(found)


def _difference(message: str, wanted: Counter[str], given: Counter[str]) -> list[tuple[str, dict[str, str]]]:
    wrong = sorted((wanted - given) | (given - wanted))
    return [(message, {"what": ", ".join(wrong)})] if wrong else []


def _items(text: str) -> int:
    return sum(line.startswith(ITEM) for line in text.split("\n"))


def _flat(text: str) -> Iterable[Token]:
    for token in parser().parse(text):
        yield token
        yield from token.children or ()


def _links(text: str) -> Counter[str]:
    return Counter(str(token.attrs[name]) for token in _flat(text) for name in ("href", "src") if name in token.attrs)


def _inline_code(text: str) -> Counter[str]:
    return Counter(token.content for token in _flat(text) if token.type in {"code_inline", "fence", "code_block"})


def _shape(text: str) -> list[str]:
    kinds = {"inline", "paragraph_open", "paragraph_close"}
    return [token.type for token in parser().parse(text) if token.type not in kinds] + ["|"] * text.count("|")


KEPT: tuple[tuple[str, Kept], ...] = (
    (N_("Links or pictures differ from the English text: {what}."), _links),
    (N_("Code differs from the English text: {what}."), _inline_code),
    (N_("HTML tags differ from the English text: {what}."), lambda text: Counter(TAG.findall(text))),
    (N_("Places to fill differ from the English text: {what}."), lambda text: Counter(PLACE.findall(text))),
    (N_("Formulas differ from the English text: {what}."), lambda text: Counter(MATH.findall(text))),
)
