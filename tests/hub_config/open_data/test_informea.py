"""The feed in InforMEA's shape, read by the platform's own client of InforMEA, and what it refuses."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from conventions.feeds.entities import entity
from conventions.feeds.pages import read
from conventions.feeds.service import Service
from conventions.feeds.sets import entity_set
from conventions.languages import LANGUAGES
from conventions.tables import table
from conventions.texts import texts

ROOT = "/odata/v2/"


@pytest.fixture
def informea(live: str) -> Iterator[Service]:
    """Our client of InforMEA, at our own feed."""
    with Service(f"{live}/odata/v2", pause=0) as service:
        yield service


def test_reports_are_read_to_the_last(informea: Service) -> None:
    """Page by page, as many as there are, each with a title in six languages and the day it was submitted."""
    kind = entity_set("CountryReports")
    found = [entity(kind, raw) for page in informea.pages(kind) for raw in page.entities]
    expected = table("reporting")
    assert len(found) == len({one["id"] for one in found}) == len(expected) > 1000
    days = expected["submitted"].dt.strftime("%Y-%m-%d").fillna("")
    assert sorted(one["submission"][:10] for one in found) == sorted(days)
    kenya = next(one for one in found if one["id"] == "basel-KE-2002")
    assert kenya["country"] == "KEN" and kenya["treaty"] == "basel"
    assert kenya["title"] == sorted(
        [code, texts(code)("National report for {year}", year="2002")] for code in LANGUAGES
    )


def test_treaties(informea: Service) -> None:
    """The three conventions with their names in six languages."""
    kind = entity_set("Treaties")
    found = {raw["id"]: entity(kind, raw) for page in informea.pages(kind) for raw in page.entities}
    assert set(found) == {"basel", "rotterdam", "stockholm"}
    assert ["ar", "اتفاقية بازل"] in found["basel"]["title"] and found["basel"]["url"] == "https://www.basel.int"


def test_both_forms_say_the_same(public: TestClient) -> None:
    """Atom and JSON hold the same entities, numbers and next pages."""
    query = "$top=150&$inlinecount=allpages&$expand=title,files&$filter=treaty eq 'basel'"
    pages = [
        read("CountryReports", public.get(f"{ROOT}CountryReports?{query}&$format={form}").content)
        for form in ("json", "atom")
    ]
    kind = entity_set("CountryReports")
    in_json, in_atom = ([entity(kind, raw) for raw in page.entities] for page in pages)
    assert in_json == in_atom and len(in_json) == 100
    assert pages[0].count == pages[1].count == len(table("reporting"))
    assert all("%24skip=100" in page.next or "$skip=100" in page.next for page in pages)


def test_filter(public: TestClient) -> None:
    """A condition narrows the feed."""
    answer = public.get(f"{ROOT}CountryReports?$filter=country eq 'KEN'&$inlinecount=allpages&$format=json").json()
    assert answer["d"]["__count"] == str((table("reporting")["country"] == "KE").sum())
    address = answer["d"]["results"][0]["url"].removeprefix("http://testserver")
    assert public.get(address).json()["country"] == "KE"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("Decisions", 404, "unknown-feed"),
        ("CountryReports?$top=1e9", 400, "odata-value"),
        ("CountryReports?$filter=country eq", 400, "odata-syntax"),
        ("CountryReports?$filter=country eq 'KEN' or 1=1", 400, "odata-syntax"),
        ("CountryReports?$filter=nothing eq 1", 400, "odata-property"),
        ("CountryReports?$filter=submission gt 5", 400, "odata-type"),
        ("CountryReports?$apply=x", 501, "odata-option-unsupported"),
        ("CountryReports?$top=1&$top=2", 400, "odata-repeated"),
        ("CountryReports?$format=csv", 400, "odata-value"),
    ],
)
def test_refused(public: TestClient, path: str, status: int, code: str) -> None:
    """Errors have the shape of OData 2."""
    answer = public.get(ROOT + path)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code and error["message"]["lang"] == "en" and error["message"]["value"]
    assert answer.headers["dataserviceversion"] == "2.0;"


def test_caches(public: TestClient) -> None:
    """What is known by its tag is not sent again."""
    answer = public.get(ROOT + "Treaties")
    assert answer.headers["content-type"].startswith("application/atom+xml") and "set-cookie" not in answer.headers
    assert public.get(ROOT + "Treaties", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
