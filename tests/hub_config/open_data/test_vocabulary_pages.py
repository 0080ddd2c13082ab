"""The vocabulary at its addresses: pages in six languages, and SKOS that other libraries read back."""

import pytest
from rdflib import RDF, SKOS, Graph, Literal, URIRef
from starlette.testclient import TestClient

from conventions.languages import LANGUAGES
from conventions.texts import texts
from conventions.vocabulary import SCHEMES, concept, concepts

BASE = "http://testserver/vocabulary/"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
KEY = "a1181"


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld")])
def test_whole_vocabulary(public: TestClient, form: str, name: str) -> None:
    """All concepts, each with a label in every language, under the addresses that answer for them."""
    found = Graph().parse(data=public.get(f"/vocabulary.{form}").text, format=name)
    subjects = set(found.subjects(RDF.type, SKOS.Concept))
    assert subjects == {URIRef(f"{BASE}concept/{key}") for key in concepts()}
    labels = list(found.objects(URIRef(f"{BASE}concept/{KEY}"), SKOS.prefLabel))
    assert {label.language: str(label) for label in labels if isinstance(label, Literal)} == concept(KEY).labels


def test_uri_of_a_concept(public: TestClient) -> None:
    """The address that the whole graph uses says of the concept what the whole graph says."""
    everything = Graph().parse(data=public.get("/vocabulary.ttl").text, format="turtle")
    address = URIRef(f"{BASE}concept/{KEY}")
    for accept, name in (("text/turtle", "turtle"), ("application/ld+json", "json-ld")):
        answer = public.get(f"/vocabulary/concept/{KEY}", headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(accept)
        found = Graph().parse(data=answer.text, format=name)
        assert set(found) == set(everything.triples((address, None, None))) and len(found) > 10
        again = public.get(
            f"/vocabulary/concept/{KEY}", headers={"Accept": accept, "If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scheme(public: TestClient, scheme: str) -> None:
    """A scheme lists all its concepts and no others, on its page and as SKOS."""
    members = {one.key for one in concepts().values() if one.scheme == scheme}
    page = public.get(f"/vocabulary/scheme/{scheme}", headers=BROWSER).text
    assert page.count('href="/vocabulary/concept/') == len(members) and len(page.encode()) < 60_000
    found = Graph().parse(data=public.get(f"/vocabulary/scheme/{scheme}.ttl").text, format="turtle")
    assert set(found.subjects(RDF.type, SKOS.Concept)) == {URIRef(f"{BASE}concept/{key}") for key in members}


@pytest.mark.parametrize("code", LANGUAGES)
def test_page_of_a_concept(public: TestClient, code: str) -> None:
    """Its name in her language first, then in all six, its neighbours as links, its source and date."""
    page = public.get(f"/vocabulary/concept/{KEY}?lang={code}", headers=BROWSER).text.replace("&#39;", "'")
    one = concept(KEY)
    assert f"<h1>{one.labels[code]}</h1>" in page
    for language, label in one.labels.items():
        assert f'<dd lang="{language}" dir="{LANGUAGES[language].direction}">{label}' in page
    for key in one.broader:
        assert f'href="/vocabulary/concept/{key}">{concept(key).labels[code]}</a>' in page
    assert one.source in page and texts(code)("In six languages") in page


def test_list_of_schemes(public: TestClient) -> None:
    """Every scheme with the number of its concepts."""
    page = public.get("/vocabulary", headers=BROWSER).text
    assert all(f'href="/vocabulary/scheme/{scheme}"' in page for scheme in SCHEMES)
    assert f"{len(concepts())} concepts" in page
    assert (
        public.get("/vocabulary", headers={"Accept": "text/turtle"}).headers["content-type"].startswith("text/turtle")
    )


def test_entries_of_annexes_lead_to_their_concept(public: TestClient) -> None:
    """What the graph calls a close or exact match has an address that leads on."""
    assert public.get("/vocabulary/basel/A1181").headers["location"] == f"/vocabulary/concept/{KEY}"
    assert public.get(f"/vocabulary/{KEY}").headers["location"] == f"/vocabulary/concept/{KEY}"
    linked = {link for one in concepts().values() for link in (*one.codes, *one.links) if not link.startswith("cas/")}
    for link in linked:
        assert public.get(f"/vocabulary/{link}").status_code == 303, link


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("concept/nothing", "unknown-concept"),
        ("concept/nothing.ttl", "unknown-concept"),
        ("scheme/nothing", "unknown-scheme"),
        ("basel/Z9999", "unknown-concept"),
        ("..%2F..%2Fetc%2Fpasswd", "unknown-concept"),
        ("concept/%3Cscript%3E", "unknown-concept"),
    ],
)
def test_what_there_is_not(public: TestClient, path: str, code: str) -> None:
    """An address that nothing is at says so by its code."""
    answer = public.get(f"/vocabulary/{path}")
    assert answer.status_code == 404 and answer.json()["error"]["code"] == code
    assert answer.headers["access-control-allow-origin"] == "*"


def test_other_forms_are_not_acceptable(public: TestClient) -> None:
    """There is no such form."""
    assert public.get(f"/vocabulary/concept/{KEY}", headers={"Accept": "image/png"}).status_code == 406
