"""The concepts that needs and expertise are tagged with: keys of the official vocabulary, shown by their terms."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from conventions import vocabulary


@cache
def labels(language: str) -> Mapping[str, str]:
    """Every concept's official term in a language, in the order of that language's terms."""
    named = {key: concept.labels[language] for key, concept in vocabulary.concepts().items()}
    return MappingProxyType(dict(sorted(named.items(), key=lambda pair: pair[1].casefold())))


def label(key: str, language: str) -> str:
    """The official term of a concept; of a key the vocabulary no longer has, its words."""
    return labels(language).get(key, key.replace("-", " "))
