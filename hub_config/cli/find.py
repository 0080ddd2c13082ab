"""Say which concepts of the conventions a text speaks of, with their definitions, codes and near concepts."""

import argparse
import sys
from collections.abc import Iterator

from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, texts
from conventions.vocabulary import SCHEMES, Concept, concept, find, label, narrower, near, related

CODES = N_("Codes: {codes}")
LINKS = N_("See also: {codes}")
BROADER = N_("Broader: {terms}")
NARROWER = N_("Narrower: {terms}")
RELATED = N_("Related: {terms}")
NOTHING = N_("The vocabulary has nothing for “{text}”. Try other words, a code such as A1181, or a CAS number.")
SIMILAR = N_("Perhaps you mean: {terms}")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="+", help="words, a code such as A1181, a CAS number, or a whole sentence")
    parser.add_argument("--lang", choices=list(LANGUAGES), default=SOURCE, help="the language of text and answer")


def run(options: argparse.Namespace) -> int:
    text, language = " ".join(options.text), options.lang
    found = find(text, language)
    if not found:
        print("\n".join(_nothing(text, language)), file=sys.stderr)
        return 1
    print("\n\n".join("\n".join(_lines(concept(key), language)) for key in found))
    return 0


def _lines(one: Concept, language: str) -> Iterator[str]:
    """The term with its scheme, the definition, which is in English, then codes and neighbours."""
    translate = texts(language)
    yield f"{one.labels[language]} ({translate(SCHEMES[one.scheme])})"
    yield f"  {one.definition}"
    for sentence, codes in ((CODES, one.codes), (LINKS, one.links)):
        if codes:
            yield f"  {translate(sentence, codes=', '.join(codes))}"
    near_by = ((BROADER, one.broader), (NARROWER, narrower().get(one.key, ())), (RELATED, sorted(related()[one.key])))
    for sentence, keys in near_by:
        if keys:
            yield f"  {translate(sentence, terms=', '.join(label(key, language) for key in keys))}"


def _nothing(text: str, language: str) -> Iterator[str]:
    translate = texts(language)
    yield translate(NOTHING, text=text)
    if similar := near(text, language):
        yield translate(SIMILAR, terms=", ".join(similar))
