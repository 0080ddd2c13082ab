"""The vocabulary: what the conventions speak of, as concepts with labels in six languages.

`conventions/data/vocabulary/` holds a table for each scheme (chemicals, wastes, procedures, …) and in it a row for
each concept:

- `key`, and the keys of its `broader` and `related` concepts, separated by spaces. Narrower is the other way round.
- `codes` are what stands for this very concept: `basel/A1181`, `stockholm/A/aldrin`, `rotterdam/III/aldrin`,
  `cas/309-00-2`; no two concepts share one. `links` are entries that it falls under or is part of.
- A label in each language, and alternative labels separated by `|`. `~` before one says that the word has other
  meanings: `find` counts it only if the text also speaks of a neighbouring concept, if it is written with its capitals
  (`~Party`, `~BAT`), or if the text is nothing else.
- `definition` in English, `source`, `as_of` (the date it was taken) and `verified`: yes, if somebody compared the
  labels with the official texts.

`other_meanings.csv` lists phrases in which a term means something else: "lead to", "at your disposal".
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.stems import plain
from conventions.terms import Term, Terms
from conventions.texts import N_

VOCABULARY = Path(__file__).parent / "data" / "vocabulary"
OTHER_MEANINGS = VOCABULARY / "other_meanings.csv"

SCHEMES = {
    "chemicals": N_("Chemicals"),
    "wastes": N_("Wastes"),
    "procedures": N_("Procedures"),
    "documents": N_("Documents"),
    "institutions": N_("Institutions and roles"),
    "techniques": N_("Techniques"),
    "sectors": N_("Sectors and products"),
    "legal": N_("Legal terms"),
}
# Codes that people write in texts; the slugs of the other annexes are for machines.
_IN_TEXTS = ("basel/", "cas/")


@dataclass(frozen=True)
class Concept:
    """One concept: `labels` and `alternatives` by language, neighbours by key; `as_of` is an ISO date."""

    key: str
    scheme: str
    labels: dict[str, str]
    alternatives: dict[str, tuple[str, ...]]
    ambiguous: dict[str, frozenset[str]]
    definition: str
    broader: tuple[str, ...]
    related: tuple[str, ...]
    codes: tuple[str, ...]
    links: tuple[str, ...]
    source: str
    as_of: str
    verified: bool

    def terms(self, language: str) -> tuple[str, ...]:
        """All that this concept is called in a language, the label first."""
        return (self.labels[language], *self.alternatives[language])


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by key, scheme by scheme in the order of their keys; read once a process."""
    return {row["key"]: _concept(scheme, row) for scheme in SCHEMES for row in _rows(VOCABULARY / f"{scheme}.csv")}


def concept(key: str) -> Concept:
    """One concept. Raises `unknown-concept`."""
    found = concepts().get(key)
    if found is None:
        raise ClearingHouseError(
            "unknown-concept", N_("“{concept}” is not in the vocabulary. Choose a concept from the list."), concept=key
        )
    return found


def label(key: str, language: str) -> str:
    """What a concept is called in a language. Raises `unknown-concept`."""
    return concept(key).labels[language]


@cache
def narrower() -> dict[str, tuple[str, ...]]:
    """The keys of the concepts right below each concept that has any."""
    below: dict[str, list[str]] = {}
    for one in concepts().values():
        for key in one.broader:
            below.setdefault(key, []).append(one.key)
    return {key: tuple(keys) for key, keys in below.items()}


def find(text: str, language: str) -> list[str]:
    """The keys of the concepts that a text in `language` speaks of, each once, in the order they first appear.

    Terms, Basel codes ("Y 49", "A1181") and CAS numbers are found. A term inside a longer one does not count:
    "national focal point" is not also "focal point".
    """
    mentions = list(_terms(language).mentions(text))
    sure = {mention.key for mention in mentions if mention.sure}
    return list(dict.fromkeys(m.key for m in mentions if m.sure or m.key in sure or neighbours(m.key) & sure))


def near(text: str, language: str, most: int = 3) -> list[str]:
    """Terms of a language that are written much like `text`, the closest first: for what was mistyped."""
    written = {plain(term, language): term for one in concepts().values() for term in one.terms(language)}
    return [written[match] for match in get_close_matches(plain(text, language), written, most)]


@cache
def neighbours(key: str) -> frozenset[str]:
    """The concepts near one: those above and below it however far, those beside it, and those related to it."""
    above, below = _reached(key, _broader()), _reached(key, narrower())
    beside = {sibling for parent in concept(key).broader for sibling in narrower()[parent]}
    return frozenset((above | below | beside | {*related()[key]}) - {key})


def _reached(key: str, steps: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [key]
    while ahead:
        new = set(steps.get(ahead.pop(), ())) - found
        found |= new
        ahead += new
    return found


@cache
def _broader() -> dict[str, tuple[str, ...]]:
    return {key: one.broader for key, one in concepts().items()}


@cache
def related() -> dict[str, set[str]]:
    """Related concepts in both directions; a row names each pair only once."""
    pairs = [(one.key, key) for one in concepts().values() for key in one.related]
    both: dict[str, set[str]] = {key: set() for key in concepts()}
    for one, other in pairs:
        both[one].add(other)
        both[other].add(one)
    return both


@cache
def _terms(language: str) -> Terms:
    return Terms(language, [*_labels(language), *_codes(), *_other_meanings(language)])


def _labels(language: str) -> Iterator[Term]:
    for one in concepts().values():
        for term in one.terms(language):
            yield Term(term, one.key, term in one.ambiguous[language])


def _codes() -> Iterator[Term]:
    for one in concepts().values():
        for code in one.codes:
            if code.startswith(_IN_TEXTS):
                yield Term(code.partition("/")[2], one.key)


def _other_meanings(language: str) -> Iterator[Term]:
    return (Term(row["phrase"], "") for row in _rows(OTHER_MEANINGS) if row["language"] == language)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _concept(scheme: str, row: dict[str, str]) -> Concept:
    labels, alternatives, ambiguous = {}, {}, {}
    for code in LANGUAGES:
        marked = [row[code], *filter(None, row[f"alt_{code}"].split("|"))]
        labels[code], *others = [term.removeprefix("~") for term in marked]
        alternatives[code] = tuple(others)
        ambiguous[code] = frozenset(term[1:] for term in marked if term.startswith("~"))
    return Concept(
        key=row["key"],
        scheme=scheme,
        labels=labels,
        alternatives=alternatives,
        ambiguous=ambiguous,
        definition=row["definition"],
        broader=tuple(row["broader"].split()),
        related=tuple(row["related"].split()),
        codes=tuple(row["codes"].split()),
        links=tuple(row["links"].split()),
        source=row["source"],
        as_of=row["as_of"],
        verified=row["verified"] == "yes",
    )
