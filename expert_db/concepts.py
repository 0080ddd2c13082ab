"""The concepts that needs and expertise are tagged with: keys of the official vocabulary, shown by their terms."""

from collections.abc import Container, Mapping
from functools import cache
from types import MappingProxyType

from conventions import vocabulary
from conventions.texts import texts


@cache
def labels(language: str) -> Mapping[str, str]:
    """Every concept's official term in a language, in the order of that language's terms."""
    named = {key: concept.labels[language] for key, concept in vocabulary.concepts().items()}
    return MappingProxyType(dict(sorted(named.items(), key=lambda pair: pair[1].casefold())))


def grouped(language: str, without: Container[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a list of concepts to choose from shows: each scheme of the vocabulary with its `(key, term)` pairs."""
    concepts, translate = vocabulary.concepts(), texts(language)
    below: dict[str, list[tuple[str, str]]] = {scheme: [] for scheme in vocabulary.SCHEMES}
    for key, term in labels(language).items():
        if key not in without:
            below[concepts[key].scheme].append((key, term))
    return [(translate(vocabulary.SCHEMES[scheme]), terms) for scheme, terms in below.items()]


def label(key: str, language: str) -> str:
    """The official term of a concept; of a key the vocabulary no longer has, its words."""
    return labels(language).get(key, key.replace("-", " "))
