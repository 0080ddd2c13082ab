"""The vocabulary as linked data: SKOS, to be read by other systems as Turtle or JSON-LD.

Addresses are stable as long as the base is: `<base>concept/<key>`, `<base>scheme/<scheme>`, and for the entries of the
annexes `<base>basel/A1181`, `<base>stockholm/A/ddt`, `<base>rotterdam/III/ddt`. For CAS numbers they are those of
identifiers.org.
"""

from collections import Counter
from collections.abc import Iterator

from rdflib import Graph, Literal, Node, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS, XSD

from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, texts
from conventions.vocabulary import SCHEMES, Concept, concepts, narrower, related

FORMATS = {"turtle": "text/turtle", "json-ld": "application/ld+json"}
CAS = "https://identifiers.org/cas:"
UNVERIFIED = N_("The labels of this concept have not been compared with the official texts.")

Triple = tuple[Node, Node, Node]


def graph(base: str) -> Graph:
    """All schemes and concepts, with addresses that begin with `base`, such as `https://example.org/vocabulary/`."""
    made = Graph()
    made.bind("skos", SKOS)
    for scheme, name in SCHEMES.items():
        made += _scheme(base, scheme, name)
    for concept in concepts().values():
        made += _concept(base, concept)
    return made


def serialize(base: str, form: str) -> str:
    """The vocabulary as text, `form` being one of `FORMATS`."""
    return graph(base).serialize(format=form, auto_compact=True) if form == "json-ld" else graph(base).serialize()


def is_top(concept: Concept) -> bool:
    """Whether nothing broader is in the same scheme."""
    return not any(concepts()[key].scheme == concept.scheme for key in concept.broader)


def _scheme(base: str, scheme: str, name: str) -> Iterator[Triple]:
    address = URIRef(f"{base}scheme/{scheme}")
    yield address, RDF.type, SKOS.ConceptScheme
    for code in LANGUAGES:
        yield address, SKOS.prefLabel, Literal(texts(code)(name), code)


def _concept(base: str, concept: Concept) -> Iterator[Triple]:
    address, scheme = _address(base, concept.key), URIRef(f"{base}scheme/{concept.scheme}")
    yield address, RDF.type, SKOS.Concept
    yield address, SKOS.inScheme, scheme
    if is_top(concept):
        yield address, SKOS.topConceptOf, scheme
        yield scheme, SKOS.hasTopConcept, address
    for code in LANGUAGES:
        yield address, SKOS.prefLabel, Literal(concept.labels[code], code)
        for term in concept.alternatives[code]:
            yield address, SKOS.altLabel, Literal(term, code)
    yield address, SKOS.definition, Literal(concept.definition, SOURCE)
    yield from _neighbours(base, concept)
    yield from _codes(base, concept)
    yield address, DCTERMS.source, Literal(concept.source, SOURCE)
    yield address, DCTERMS.modified, Literal(concept.as_of, datatype=XSD.date)
    if not concept.verified:
        for code in LANGUAGES:
            yield address, SKOS.editorialNote, Literal(texts(code)(UNVERIFIED), code)


def _neighbours(base: str, concept: Concept) -> Iterator[Triple]:
    near = {SKOS.broader: concept.broader, SKOS.narrower: narrower().get(concept.key, ())}
    for relation, keys in {**near, SKOS.related: sorted(related()[concept.key])}.items():
        for key in keys:
            yield _address(base, concept.key), relation, _address(base, key)


def _codes(base: str, concept: Concept) -> Iterator[Triple]:
    """A code alone of its authority is exactly this concept; several are members or annexes, and only close to it."""
    address = _address(base, concept.key)
    number = Counter(code.partition("/")[0] for code in concept.codes)
    for code in concept.codes:
        authority, _, written = code.partition("/")
        yield address, SKOS.notation, Literal(written)
        yield address, SKOS.exactMatch if number[authority] == 1 else SKOS.closeMatch, _entry(base, code)
    for code in concept.links:
        yield address, SKOS.relatedMatch, _entry(base, code)


def _address(base: str, key: str) -> URIRef:
    return URIRef(f"{base}concept/{key}")


def _entry(base: str, code: str) -> URIRef:
    return URIRef(f"{CAS}{code.removeprefix('cas/')}" if code.startswith("cas/") else f"{base}{code}")
