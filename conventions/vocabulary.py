"""The vocabulary: what the conventions speak of, as concepts with labels in six languages.

`conventions/data/terms.csv` holds a row for each concept: `key`, a label in each language, alternative labels
separated by `|`, the source of the label, the date it was taken and whether it was compared with the official text.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.stems import words
from conventions.texts import N_

TERMS = Path(__file__).parent / "data" / "terms.csv"

# Stem → the rest of the terms that begin with it; under the empty stem the key of the concept that ends here.
Branch = dict[str, Any]


@dataclass(frozen=True)
class Concept:
    """One concept: `labels` and `alternatives` by language; `as_of` is an ISO date."""

    key: str
    labels: dict[str, str]
    alternatives: dict[str, tuple[str, ...]]
    source: str
    as_of: str
    verified: bool

    def terms(self, language: str) -> tuple[str, ...]:
        """All that this concept is called in a language, the label first."""
        return (self.labels[language], *self.alternatives[language])


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by key, in the order of their keys; read once a process."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return {row["key"]: _concept(row) for row in csv.DictReader(file)}


def label(key: str, language: str) -> str:
    """What a concept is called in a language. Raises `unknown-concept`."""
    concept = concepts().get(key)
    if concept is None:
        raise ClearingHouseError(
            "unknown-concept", N_("“{concept}” is not in the vocabulary. Choose a concept from the list."), concept=key
        )
    return concept.labels[language]


def find(text: str, language: str) -> list[str]:
    """The keys of the concepts that a text in `language` speaks of, each once, in the order they first appear.

    Where terms overlap the longest counts: "national focal point" is not also "focal point".
    """
    found: dict[str, None] = {}
    tokens, place = words(text, language), 0
    while place < len(tokens):
        length, key = max(_matches(_terms(language), tokens, place), default=(0, ""))
        if key:
            found[key] = None
        place += length or 1
    return list(found)


def _matches(branch: Branch, tokens: list[tuple[str, ...]], place: int, length: int = 0) -> Iterator[tuple[int, str]]:
    if "" in branch:
        yield length, branch[""]
    if place < len(tokens):
        for stem in tokens[place]:
            if stem in branch:
                yield from _matches(branch[stem], tokens, place + 1, length + 1)


@cache
def _terms(language: str) -> Branch:
    tree: Branch = {}
    for concept in concepts().values():
        for term in concept.terms(language):
            branch = tree
            # The first of a word's stems is the word as it is written; the others are only for reading texts.
            for stem, *_ in words(term, language):
                branch = branch.setdefault(stem, {})
            branch.setdefault("", concept.key)
    return tree


def _concept(row: dict[str, str]) -> Concept:
    return Concept(
        key=row["key"],
        labels={code: row[code] for code in LANGUAGES},
        alternatives={code: tuple(filter(None, row[f"alt_{code}"].split("|"))) for code in LANGUAGES},
        source=row["source"],
        as_of=row["as_of"],
        verified=row["verified"] == "yes",
    )
