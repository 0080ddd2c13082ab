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
        readings = self._readings
        written = [token for token in tokens(text, self._language) if readings[token] is not None]
        read = [readings[token] or () for token in written]
        reached = 0
        for place in range(len(read)):
            if not read[place]:
                continue
            length, term = max(_matches(self._tree, read, place), key=lambda match: match[0], default=(0, None))
            if term and place + length > reached:
                reached = place + length
                if term.key:
                    sure = not term.ambiguous or self._is_all(term, text) or _is_named(term, written[place:reached])
                    yield Mention(term.key, sure)

    def _is_all(self, term: Term, text: str) -> bool:
        short = len(text) <= 2 * len(term.text) + 2
        return short and plain(text, self._language) == plain(term.text, self._language)


def _matches(branch: Branch, read: list[tuple[str, ...]], place: int, length: int = 0) -> Iterator[tuple[int, Term]]:
    if "" in branch:
        yield length, branch[""]
    if place < len(read):
        for stem in read[place]:
            if stem in branch:
                yield from _matches(branch[stem], read, place + 1, length + 1)


def _is_named(term: Term, written: list[str]) -> bool:
    """Whether a term with capitals, like Party or BAT, is written with them: Parties, BATs, not bats."""
    words = [word for word in term.text.replace("-", " ").split() if word[0].isupper()]
    return bool(words) and all(
        any(token[0] == word[0] and token[: _capitals(word)].isupper() for token in written) for word in words
    )


def _capitals(word: str) -> int:
    return next((place for place, letter in enumerate(word) if not letter.isupper()), len(word))
