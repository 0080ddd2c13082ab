"""DCAT of tables and courses, validated with SHACL, and schema.org in the pages, read back by other libraries."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from fastapi import FastAPI
from rdflib import DCAT, DCTERMS, RDF, SDO, Graph, Literal, URIRef
from starlette.testclient import TestClient

import courses.pages
from conventions.languages import LANGUAGES
from conventions.tables import resources, table
from courses.service import Courses
from hub_config.open_data import routes
from hub_config.open_data.schema_org import script
from hub_config.open_data.service import open_data
from hub_config.portal.app import create_app
from hub_config.wiring import Part
from tests.hub_config.portal import platform

ADDRESS = "http://testserver"
SHAPES = Path(__file__).with_name("dcat_shapes.ttl")
COURSE = "e-waste"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A portal with the tables and a released course."""
    home = tmp_path_factory.mktemp("linked")
    running = platform(home)
    campus = Courses(running.database, running.settings.content, home)
    campus.release(COURSE, by="centre")
    part = Part(
        "hub_config/open_data",
        routers=routes.ROUTERS,
        panels=routes.PANELS,
        services={"open_data": open_data(ADDRESS, home, campus)},
    )
    yield create_app(platform(home, [Part("courses", [courses.pages.router], services={"courses": campus}), part]))
    running.database.close()


@pytest.fixture
def reader(released: FastAPI) -> TestClient:
    """Somebody without an account."""
    return TestClient(released, follow_redirects=False)


def graph(answer: Any, form: str) -> Graph:
    assert answer.status_code == 200
    return Graph().parse(data=answer.text, format=form)


def problems(data: Graph) -> str:
    conforms, _, report = pyshacl.validate(data, shacl_graph=str(SHAPES), shacl_graph_format="turtle")
    return "" if conforms else str(report)


def test_catalogue_is_valid(reader: TestClient) -> None:
    """The catalogue keeps to the shapes, and the shapes notice what is missing."""
    found = graph(reader.get("/data/catalogue.ttl"), "turtle")
    assert problems(found) == ""
    for subject, predicate in (
        (URIRef(f"{ADDRESS}/data"), DCTERMS.publisher),
        (URIRef(f"{ADDRESS}/data/parties"), DCAT.distribution),
        (URIRef(f"{ADDRESS}/data/parties.csv"), DCAT.accessURL),
        (URIRef(f"{ADDRESS}/courses/{COURSE}"), DCTERMS.title),
    ):
        spoiled = Graph() + found
        spoiled.remove((subject, predicate, None))
        assert problems(spoiled), f"{subject} without {predicate} was not noticed"


def test_catalogue_has_all(reader: TestClient) -> None:
    """Every table with its three files, and the released course with its languages."""
    found = graph(reader.get("/data/catalogue.jsonld"), "json-ld")
    catalogue = URIRef(f"{ADDRESS}/data")
    expected = {URIRef(f"{ADDRESS}/data/{name}") for name in resources()}
    assert set(found.objects(catalogue, DCAT.dataset)) == expected
    for dataset in expected:
        files = set(found.objects(dataset, DCAT.distribution))
        assert {str(file).rpartition(".")[2] for file in files} == {"csv", "json", "parquet"}
    course = URIRef(f"{ADDRESS}/courses/{COURSE}")
    assert (catalogue, DCAT.resource, course) in found and (course, RDF.type, SDO.Course) in found
    assert {
        str(title.language) for title in found.objects(catalogue, DCTERMS.title) if isinstance(title, Literal)
    } == set(LANGUAGES)


def test_files_of_the_catalogue_are_there(reader: TestClient) -> None:
    """What the catalogue says can be downloaded can be, and is of the kind it says."""
    found = graph(reader.get("/data/catalogue.ttl"), "turtle")
    for file, address in found.subject_objects(DCAT.downloadURL):
        kind = str(found.value(file, DCAT.mediaType)).removeprefix("https://www.iana.org/assignments/media-types/")
        answer = reader.get(str(address).removeprefix(ADDRESS))
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)


@pytest.mark.parametrize(("accept", "form"), [("text/turtle", "turtle"), ("application/ld+json", "json-ld")])
def test_uri_of_a_table_answers_with_linked_data(reader: TestClient, accept: str, form: str) -> None:
    """The URI describes itself, with all the sources that its rows name."""
    address = URIRef(f"{ADDRESS}/data/parties")
    answer = reader.get("/data/parties", headers={"Accept": accept})
    found = graph(answer, form)
    said = {
        str(found.value(statement, DCTERMS.description)) for statement in found.objects(address, DCTERMS.provenance)
    }
    assert said == set(table("parties")["source"]) and not problems(found)
    again = reader.get("/data/parties", headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    everything = graph(reader.get("/data", headers={"Accept": accept}), form)
    assert (URIRef(f"{ADDRESS}/data"), RDF.type, DCAT.Catalog) in everything


def embedded(page: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return dict(json.loads(block))


@pytest.mark.parametrize("code", LANGUAGES)
def test_page_of_a_table_has_schema_org(reader: TestClient, code: str) -> None:
    """What a search engine reads on the page is what the page is about, in its language."""
    found = embedded(reader.get(f"/data/movements?lang={code}", headers={"Accept": "text/html"}).text)
    assert found["@type"] == "Dataset" and found["@id"] == f"{ADDRESS}/data/movements"
    assert [one["name"] for one in found["variableMeasured"]] == list(table("movements").columns)
    assert next(one for one in found["variableMeasured"] if one["name"] == "tonnes")["unitText"] == "t"
    assert {one["contentUrl"].rpartition(".")[2] for one in found["distribution"]} == {"csv", "json", "parquet"}
    assert (found["name"] == "Transboundary movements 2001–2021") == (code == "en")


@pytest.mark.parametrize("code", LANGUAGES)
def test_page_of_a_course_has_schema_org(reader: TestClient, code: str) -> None:
    """The course's page says what it teaches, in the page's language, and how long it takes."""
    found = embedded(reader.get(f"/courses/{COURSE}?lang={code}").text)
    assert found["@type"] == "Course" and found["@id"] == f"{ADDRESS}/courses/{COURSE}"
    assert found["timeRequired"].startswith("PT") and len(found["hasPart"]) == 4
    assert set(found["inLanguage"]) == set(LANGUAGES) and found["teaches"]
    assert embedded(reader.get("/data", headers={"Accept": "text/html"}).text)["@type"] == "DataCatalog"


def test_block_of_data_cannot_be_left() -> None:
    """A text with the end of a script in it stays text."""
    made = str(script({"name": "</script><script>alert(1)</script>"}))
    assert made.count("</script>") == 1 and made.count("<script") == 1
