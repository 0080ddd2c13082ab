"""The OpenAPI document is valid, and what it says is answered as it says."""

import json
import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from conventions.languages import LANGUAGES
from conventions.texts import texts
from hub_config.open_data import routes

EXAMPLES = {"name": "Treaties", "table": "parties", "set": "parties", "scheme": "wastes"}
KEYS = {"/odata/v4/{set}({key})": "convention='basel',country='KE'", "/vocabulary/concept/{key}": "a1181"}


@pytest.fixture
def document(public: TestClient) -> dict[str, Any]:
    """The document as it is served."""
    return dict(public.get("/data/openapi.json").json())


def test_is_valid(document: dict[str, Any]) -> None:
    """A validator that is not ours takes it."""
    validate(document)


def test_what_it_says_is_answered(public: TestClient, document: dict[str, Any]) -> None:
    """Each path answers each of the forms that it names."""
    for path, described in document["paths"].items():
        address = path.format(**EXAMPLES, key=KEYS.get(path, ""))
        for media in described["get"]["responses"]["200"]["content"]:
            answer = public.get(address, headers={"Accept": media})
            assert answer.status_code == 200 and answer.headers["content-type"].startswith(media), (address, media)


def test_every_address_is_in_it(document: dict[str, Any]) -> None:
    """No route of the service is left out, other than preflights, refusals and the ways to these documents."""
    said = {re.sub(r"{\w+}", "x", path) for path in document["paths"]}
    served = {
        re.sub(r"{[\w:]+}", "x", route.path)
        for router in routes.ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    of_their_own = {"/data/openapi.json", "/data/api", "/vocabulary/x", "/odata/v4/x"}
    assert {path for path in served - of_their_own if path not in said} == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_page(public: TestClient, code: str) -> None:
    """The page says it to people in their language, and its links lead somewhere."""
    page = public.get(f"/data/api?lang={code}", headers={"Accept": "text/html"}).text
    assert texts(code)("Good to know") in page and (code == "en" or texts(code)("Good to know") != "Good to know")
    main = page.split("<main")[1].split("</main>")[0]
    for address in set(re.findall(r'href="(/[^"#]*)"', main)) - {"/about"}:
        assert public.get(address).status_code == 200
    for line in re.findall(r"curl '?(http[^'\s]+)", main.replace("&#39;", "'").replace("&amp;", "&")):
        assert public.get(line.removeprefix("http://testserver")).status_code == 200, line


def test_examples_of_tables_work(public: TestClient) -> None:
    """What a table's page tells programs to ask is answered."""
    for name in json.loads(public.get("/data/openapi.json").text)["paths"]["/data/{table}"]["get"]["parameters"][0][
        "schema"
    ]["enum"]:
        page = (
            public.get(f"/data/{name}", headers={"Accept": "text/html"})
            .text.replace("&#39;", "'")
            .replace("&amp;", "&")
        )
        asked = re.findall(r"curl '?(http[^'\s]+)", page)
        assert len(asked) == 3
        for line in asked:
            assert public.get(line.removeprefix("http://testserver")).status_code == 200, line
