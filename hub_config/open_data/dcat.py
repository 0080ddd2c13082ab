"""The catalogue of tables and courses as linked data: DCAT as its application profiles want it."""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from rdflib import DCAT, DCTERMS, FOAF, RDF, SDO, XSD, BNode, Graph, Literal, Node, URIRef

from conventions.languages import LANGUAGES
from conventions.texts import N_, texts
from courses.edition import Released
from hub_config.open_data.answers import OpenRoute, edition
from hub_config.open_data.datasets import Dataset
from hub_config.open_data.negotiation import MEDIA, split
from hub_config.open_data.service import OpenData, served

FORMATS = {"ttl": "turtle", "jsonld": "json-ld"}
IANA = "https://www.iana.org/assignments/media-types/"
LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
# The codes of that list are those of ISO 639-2.
THREE_LETTERS = {"ar": "ARA", "zh": "ZHO", "en": "ENG", "fr": "FRA", "ru": "RUS", "es": "SPA"}
ENVIRONMENT = URIRef("http://publications.europa.eu/resource/authority/data-theme/ENVI")
FILES = ("csv", "json", "parquet")

PUBLISHER = N_("Clearing-house learning")
CATALOGUE = N_("Data on the Basel, Rotterdam and Stockholm conventions")
ABOUT = N_("Tables on the conventions, each row with its source and date, and courses on putting them into practice.")
SERVICE = N_("Tables on the conventions by OData")

Triple = tuple[Node, Node, Node]

router = APIRouter(route_class=OpenRoute)


@router.get("/data/catalogue.ttl")
@router.get("/data/catalogue.jsonld")
def catalogue_file(request: Request) -> Response:
    """The whole catalogue, as Turtle or JSON-LD."""
    return answer(request, split(request.url.path)[1])


def answer(request: Request, form: str) -> Response:
    """The whole catalogue in a form, one of `FORMATS`."""
    service = served(request)
    released = service.courses.all()
    # Courses change without the tables.
    versions = [f"{one.course.id} {one.course.version}" for one in released]
    state = edition(service.package.digest, service.package.modified, service.address, "catalogue", form, *versions)
    return state.unchanged(request) or state.answer(written(catalogue(service, released), form), MEDIA[form])


def written(graph: Graph, form: str) -> str:
    """A graph as text, `form` being one of `FORMATS`."""
    return graph.serialize(format=FORMATS[form])


def catalogue(service: OpenData, released: Sequence[Released]) -> Graph:
    """All tables, the OData service and the released courses."""
    made = _graph()
    address = URIRef(f"{service.address}/data")
    made += _described(address, DCAT.Catalog, CATALOGUE, ABOUT)
    made += _published(service, address)
    made.add((address, FOAF.homepage, address))
    for code in LANGUAGES:
        made.add((address, DCTERMS.language, _language(code)))
    made += _odata(service, address)
    for dataset in service.package.datasets.values():
        made.add((address, DCAT.dataset, uri(service, dataset)))
        made += described(service, dataset)
    for course in released:
        made.add((address, DCAT.resource, URIRef(f"{service.address}/courses/{course.course.id}")))
        made += _course(service, course)
    return made


def described(service: OpenData, dataset: Dataset) -> Graph:
    """One table with its files."""
    made, address = _graph(), uri(service, dataset)
    facts = service.store.facts(dataset.name)
    made += _described(address, DCAT.Dataset, dataset.title, dataset.description)
    made += _published(service, address)
    made.add((address, DCTERMS.identifier, Literal(str(address))))
    made.add((address, DCAT.landingPage, address))
    made.add((address, DCAT.theme, ENVIRONMENT))
    made.add((address, DCTERMS.language, _language("en")))
    made.add((address, DCTERMS.modified, Literal(dataset.modified.date())))
    for statement in _statements(made, DCTERMS.ProvenanceStatement, facts.origins):
        made.add((address, DCTERMS.provenance, statement))
    for source in dataset.sources:
        if source.address:
            made.add((address, DCTERMS.source, URIRef(source.address)))
    for form in FILES:
        made += list(_file(made, service, dataset, form))
    return made


def uri(service: OpenData, dataset: Dataset) -> URIRef:
    """The URI of a table, which is the address of its page."""
    return URIRef(f"{service.address}/data/{dataset.name}")


def _file(made: Graph, service: OpenData, dataset: Dataset, form: str) -> Iterator[Triple]:
    address = URIRef(f"{uri(service, dataset)}.{form}")
    yield uri(service, dataset), DCAT.distribution, address
    yield address, RDF.type, DCAT.Distribution
    yield address, DCTERMS.title, Literal(f"{dataset.title} ({form.upper()})", "en")
    yield address, DCAT.accessURL, address
    yield address, DCAT.downloadURL, address
    yield address, DCAT.mediaType, URIRef(IANA + MEDIA[form])
    for licence in dataset.licences:
        if licence.address:
            yield address, DCTERMS.license, URIRef(licence.address)
    stated = tuple(licence.title for licence in dataset.licences if not licence.address)
    for statement in _statements(made, DCTERMS.RightsStatement, stated):
        yield address, DCTERMS.rights, statement


def _statements(made: Graph, kind: URIRef, said: Sequence[str]) -> list[Node]:
    """What is said in words where DCAT wants a thing: a thing without an address, labelled with the words."""
    nodes: list[Node] = []
    for text in said:
        node = BNode()
        made.add((node, RDF.type, kind))
        made.add((node, DCTERMS.description, Literal(text, "en")))
        nodes.append(node)
    return nodes


def _odata(service: OpenData, catalogue_address: URIRef) -> Iterator[Triple]:
    address = URIRef(f"{service.address}/odata/v4/")
    yield catalogue_address, DCAT.service, address
    yield from _described(address, DCAT.DataService, SERVICE, ABOUT)
    yield address, DCAT.endpointURL, address
    yield address, DCAT.endpointDescription, URIRef(f"{address}$metadata")
    yield address, DCTERMS.conformsTo, URIRef("https://docs.oasis-open.org/odata/odata/v4.0/")
    for dataset in service.package.datasets.values():
        yield address, DCAT.servesDataset, uri(service, dataset)


def _course(service: OpenData, released: Released) -> Iterator[Triple]:
    course = released.course
    address = URIRef(f"{service.address}/courses/{course.id}")
    yield address, RDF.type, DCAT.Resource
    yield address, RDF.type, SDO.Course
    for predicate, said in ((DCTERMS.title, course.title), (DCTERMS.description, course.summary)):
        for language, text in said.items():
            yield address, predicate, Literal(text, language)
    yield from _published(service, address)
    yield address, DCAT.landingPage, address
    yield address, DCAT.version, Literal(course.version)
    yield address, DCTERMS.modified, Literal(course.date)
    for code in LANGUAGES:
        if released.share(code) > 0:
            yield address, DCTERMS.language, _language(code)


def _described(address: URIRef, kind: Node, title: str, description: str) -> Iterator[Triple]:
    """Title and description in every language that has them."""
    yield address, RDF.type, kind
    for code in LANGUAGES:
        for predicate, text in ((DCTERMS.title, title), (DCTERMS.description, description)):
            found = texts(code)(text)
            if code == "en" or found != text:
                yield address, predicate, Literal(found, code)


def _published(service: OpenData, address: URIRef) -> Iterator[Triple]:
    publisher = URIRef(f"{service.address}/about")
    yield address, DCTERMS.publisher, publisher
    yield publisher, RDF.type, FOAF.Agent
    for code in LANGUAGES:
        yield publisher, FOAF.name, Literal(texts(code)(PUBLISHER), code)


def _language(code: str) -> URIRef:
    return URIRef(LANGUAGE + THREE_LETTERS[code])


def _graph() -> Graph:
    made = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF), ("schema", SDO), ("xsd", XSD)):
        made.bind(prefix, namespace)
    return made
