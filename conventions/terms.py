"""An index of terms that reads a text once and says which of them it holds.

A text is cut into words, each distinct word is reduced to its stems once, and only the words that some term holds are
looked at again: so the time goes with the number of words, whatever the number of terms.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from conventions.stems import plain, stems, tokens

# Stem → the rest of the terms that begin with it; under the empty stem the term that ends here.
Branch = dict[str, Any]
# Distinct words remembered in a process; a text made of invented words does not fill the memory.
REMEMBERED = 200_000
_ENDS = ".!?。！？\n"
# What people put around a word without meaning anything by it.
_EDGES = " \t\n.,;:!?¿¡\"'«»“”‘’()[]。，？！、：؟،؛"


@dataclass(frozen=True, slots=True)
class Term:
    """What a concept is called; an ambiguous term also means something else, a term without key only that."""

    text: str
    key: str
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept that a text speaks of. It is not `sure` if the word may mean something else here."""

    key: str
    sure: bool


class _Readings(dict[str, tuple[str, ...] | None]):
    """Token → those of its stems that some term holds; None for what carries no meaning."""

    def __init__(self, language: str, known: set[str]) -> None:
        self._language, self._known = language, known

    def __missing__(self, token: str) -> tuple[str, ...] | None:
        if len(self) >= REMEMBERED:
            self.clear()
        found = stems(token, self._language)
        self[token] = reading = tuple(s for s in found if s in self._known) if found else None
        return reading


class Terms:
    """The terms of one language. `mentions` gives them in the order of the text; a term inside a longer one
    does not count."""

    def __init__(self, language: str, terms: Iterable[Term]) -> None:
        self._language = language
        self._tree: Branch = {}
        # The first of a word's stems is the word as it is written; the others are only for reading texts.
        first: dict[str, tuple[str, ...]] = {}
        for term in terms:
            branch = self._tree
            for token in tokens(term.text, language):
                if token not in first:
                    first[token] = stems(token, language)[:1]
                for stem in first[token]:
                    branch = branch.setdefault(stem, {})
            branch.setdefault("", term)
        self._readings = _Readings(language, {stem for found in first.values() for stem in found})

    def mentions(self, text: str) -> Iterator[Mention]:
        """The concepts of a text, one for each place where it speaks of one."""
        written = tokens(text, self._language)
        readings = [self._readings[token] for token in written]
        where = [place for place, reading in enumerate(readings) if reading is not None]
        read = [reading for reading in readings if reading is not None]
        reached = 0
        for place, reading in enumerate(read):
            if not reading:
                continue
            end, term = _longest(self._tree, read, place)
            if term and end > reached:
                reached = end
                if term.key:
                    begun = where[place]
                    first = not begun or written[begun - 1][0] in _ENDS
                    sure = not term.ambiguous or self._is_all(term, text)
                    yield Mention(term.key, sure or _is_named(term, written[begun : where[reached - 1] + 1], first))

    def _is_all(self, term: Term, text: str) -> bool:
        short = len(text) <= 2 * len(term.text) + 2
        return short and plain(text.strip(_EDGES), self._language) == plain(term.text, self._language)


def _longest(tree: Branch, read: list[tuple[str, ...]], place: int) -> tuple[int, Term | None]:
    """Where the longest term that begins at a place ends, and that term; a word may be read in several ways."""
    reached, found = place, None
    ahead = [(tree[stem], place + 1) for stem in read[place] if stem in tree]
    while ahead:
        branch, at = ahead.pop()
        if at > reached and "" in branch:
            reached, found = at, branch[""]
        if at < len(read):
            for stem in read[at]:
                if stem in branch:
                    ahead.append((branch[stem], at + 1))
    return reached, found


def _is_named(term: Term, written: list[str], first: bool) -> bool:
    """Whether a term with capitals, like Party or BAT, is written with them: Parties, BATs, not bats.

    One capital at the beginning of a sentence, where every word has one, says nothing.
    """
    words = [word for word in term.text.replace("-", " ").split() if word[0].isupper()]
    if first and len(words) == _capitals(term.text) == 1:
        return False
    return bool(words) and all(
        any(token[0] == word[0] and token[: _capitals(word)].isupper() for token in written) for word in words
    )


def _capitals(word: str) -> int:
    return next((place for place, letter in enumerate(word) if not letter.isupper()), len(word))
