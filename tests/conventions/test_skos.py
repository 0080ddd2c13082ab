"""The vocabulary as linked data: what SKOS demands, checked by its own integrity conditions and by a SKOS checker."""

import logging

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SKOS
from rdflib.query import ResultRow
from skosify import check

from conventions.languages import LANGUAGES
from conventions.skos import FORMATS, graph, serialize
from conventions.vocabulary import SCHEMES, concepts

BASE = "https://clearing-house.test/vocabulary/"


@pytest.fixture(scope="module")
def skos() -> Graph:
    return graph(BASE)


def test_a_skos_checker_has_nothing_to_complain_of(skos: Graph, caplog: pytest.LogCaptureFixture) -> None:
    """No cycles, no relation both hierarchical and associative, no superfluous broader, no label used twice."""
    with caplog.at_level(logging.WARNING):
        check.hierarchy_cycles(skos)
        check.disjoint_relations(skos)
        check.hierarchical_redundancy(skos)
        check.preflabel_uniqueness(skos, "shortest")
        check.label_overlap(skos)
    assert caplog.messages == []


def test_the_checker_does_see_what_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    """A cycle and a second label make it complain, so that its silence means something."""
    broken = graph(BASE)
    battery, waste = URIRef(f"{BASE}concept/battery"), URIRef(f"{BASE}concept/waste")
    broken.add((waste, SKOS.broader, battery))
    broken.add((waste, SKOS.prefLabel, Literal("rubbish", "en")))
    with caplog.at_level(logging.WARNING):
        check.hierarchy_cycles(broken)
        check.preflabel_uniqueness(broken, "shortest")
    assert len(caplog.messages) >= 2


def test_every_concept_is_whole(skos: Graph) -> None:
    """One scheme, one preferred label in each language, one definition in English, no label used for two concepts."""
    assert len(set(skos.subjects(RDF.type, SKOS.Concept))) == len(concepts())
    for concept in skos.subjects(RDF.type, SKOS.Concept):
        labels = [str(label.language) for label in skos.objects(concept, SKOS.prefLabel) if isinstance(label, Literal)]
        assert sorted(labels) == sorted(LANGUAGES)
        assert len(list(skos.objects(concept, SKOS.inScheme))) == 1
        assert [str(d.language) for d in skos.objects(concept, SKOS.definition) if isinstance(d, Literal)] == ["en"]
    terms = [
        label for concept in skos.subjects(RDF.type, SKOS.Concept) for label in skos.objects(concept, SKOS.prefLabel)
    ]
    assert len(terms) == len(set(terms)) == 6 * len(concepts())


def test_every_concept_is_reached_from_a_top_concept(skos: Graph) -> None:
    """Going down from the top concepts of the schemes, nothing is left out, and no top concept is below another."""
    query = """SELECT DISTINCT ?concept WHERE {
        ?scheme a skos:ConceptScheme ; skos:hasTopConcept/skos:narrower* ?concept . ?concept skos:inScheme ?scheme }"""
    assert {row[0] for row in skos.query(query) if isinstance(row, ResultRow)} == set(
        skos.subjects(RDF.type, SKOS.Concept)
    )
    below = "SELECT ?c WHERE { ?c skos:topConceptOf ?s ; skos:broader ?b . ?b skos:inScheme ?s }"
    assert list(skos.query(below)) == []
    for scheme in SCHEMES:
        assert (URIRef(f"{BASE}scheme/{scheme}"), RDF.type, SKOS.ConceptScheme) in skos


def test_relations_go_both_ways(skos: Graph) -> None:
    """Broader is narrower the other way round; related is symmetric."""
    assert set(skos.subject_objects(SKOS.broader)) == {(o, s) for s, o in skos.subject_objects(SKOS.narrower)}
    assert set(skos.subject_objects(SKOS.related)) == {(o, s) for s, o in skos.subject_objects(SKOS.related)}


def test_entries_and_numbers_are_linked(skos: Graph) -> None:
    """DDT is exactly its entries and its CAS number; of the many numbers of PFOS none is exactly it."""
    ddt, pfos = URIRef(f"{BASE}concept/ddt"), URIRef(f"{BASE}concept/pfos")
    assert {str(address) for address in skos.objects(ddt, SKOS.exactMatch)} == {
        f"{BASE}stockholm/B/ddt",
        f"{BASE}rotterdam/III/ddt",
        "https://identifiers.org/cas:50-29-3",
    }
    assert Literal("50-29-3") in set(skos.objects(ddt, SKOS.notation))
    assert URIRef("https://identifiers.org/cas:1763-23-1") in set(skos.objects(pfos, SKOS.closeMatch))
    assert URIRef(f"{BASE}basel/A3180") in set(skos.objects(URIRef(f"{BASE}concept/pcb"), SKOS.relatedMatch))


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_can_be_read(skos: Graph, form: str) -> None:
    """Turtle and JSON-LD, read again, are the same graph."""
    assert isomorphic(Graph().parse(data=serialize(BASE, form), format=form), skos)


def test_unverified_labels_are_said_to_be_so(skos: Graph) -> None:
    """A concept whose labels nobody compared carries a note in each language; a verified one carries none."""
    for concept in concepts().values():
        notes = list(skos.objects(URIRef(f"{BASE}concept/{concept.key}"), SKOS.editorialNote))
        assert len(notes) == (0 if concept.verified else 6)
