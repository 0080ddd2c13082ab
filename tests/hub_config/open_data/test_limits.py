"""Nobody holds the service up: questions that never end, too many at once, too many in a minute."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from courses.service import Courses
from hub_config.open_data import routes
from hub_config.open_data.datasets import FOLDER, Package
from hub_config.open_data.limits import Most, Turnstile
from hub_config.open_data.service import OpenData, open_data
from hub_config.open_data.store import EDITION, Store
from hub_config.portal.app import create_app
from hub_config.wiring import Part
from tests.hub_config.portal import platform
from tests.listening import listening

ENDLESS = "/odata/v4/parties_reported?$filter=parties%20lt%200"
QUICK = "/odata/v4/parties_reported?$top=1"
# More rows than any machine reads in a day; the first of them are there at once.
VIEW = """CREATE VIEW parties_reported AS SELECT 'basel' AS convention, range AS parties, '2024-05' AS as_of,
'nobody' AS source, 'no' AS verified FROM range(1000000000000000)"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[OpenData]:
    """The service over one table without an end, with little time for a question."""
    folder, cache = tmp_path / "data", tmp_path / "cache" / "open-data"
    folder.mkdir()
    cache.mkdir(parents=True)
    shutil.copy(FOLDER / "parties_reported.csv", folder)
    described = json.loads((FOLDER / "datapackage.json").read_text())
    described["resources"] = [one for one in described["resources"] if one["name"] == "parties_reported"]
    (folder / "datapackage.json").write_text(json.dumps(described))
    package = Package(folder)
    with duckdb.connect(str(cache / f"tables-{EDITION}-{package.digest}.duckdb")) as made:
        made.execute(VIEW)
    running = platform(tmp_path)
    campus = Courses(running.database, running.settings.content, tmp_path)
    whole = open_data("http://testserver", tmp_path, campus, package, seconds=0.5)
    # No time passes for the limits, however slow the machine is.
    yield replace(whole, turnstile=Turnstile(Most(3, 2, 5), clock=lambda: 0.0))
    running.database.close()


@pytest.fixture
def public(service: OpenData, tmp_path: Path) -> TestClient:
    """Somebody at one address."""
    part = Part("hub_config/open_data", routers=routes.ROUTERS, panels=routes.PANELS, services={"open_data": service})
    browser = TestClient(create_app(platform(tmp_path, [part])), follow_redirects=False)
    browser.headers.pop("accept")
    return browser


@pytest.mark.parametrize("path", [ENDLESS, "/odata/v4/parties_reported/$count?$filter=parties%20lt%200"])
def test_a_question_without_an_end_is_given_up(public: TestClient, path: str) -> None:
    """The answer says so with a code of its own and is not kept; the next question is answered."""
    refused = public.get(path)
    assert refused.status_code == 400 and refused.headers["cache-control"] == "no-store"
    assert refused.json()["error"]["code"] == "question-too-long" and "0.5 s" in refused.json()["error"]["message"]
    assert public.get(QUICK).json()["value"][0]["parties"] == 0


def test_a_question_that_needs_too_much_memory_is_given_up(service: OpenData, tmp_path: Path) -> None:
    """It is told apart from a wrong one, and the store goes on."""
    store = Store(service.package, tmp_path / "cache" / "open-data", seconds=300)
    table = store.tables["parties_reported"]
    with pytest.raises(ClearingHouseError) as refused:
        store.rows(select(func.list(table.c.parties)))
    assert refused.value.code == "question-too-large"
    assert len(store.rows(select(table).limit(3))) == 3


def test_so_many_at_once_and_no_more(public: TestClient, service: OpenData) -> None:
    """One address has its share and all together have theirs; who leaves makes room."""
    turnstile = service.turnstile
    with turnstile.admitted("testclient"), turnstile.admitted("testclient"):
        refused = public.get(QUICK)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too-many-at-once")
        assert (
            refused.headers["retry-after"] == "1" and "Retry-After" in refused.headers["access-control-expose-headers"]
        )
    with turnstile.admitted("192.0.2.1"), turnstile.admitted("192.0.2.2"), turnstile.admitted("192.0.2.3"):
        assert public.get("/data/parties_reported.json").json()["error"]["code"] == "too-many-at-once"
    assert public.get(QUICK).status_code == 200


@pytest.mark.parametrize("code", LANGUAGES)
def test_so_many_a_minute_and_no_more(public: TestClient, code: str) -> None:
    """Data, OData of both versions and vocabulary count together; the refusal says when to come back."""
    for path in (
        "/data/parties_reported.csv",
        QUICK,
        "/odata/v2/",
        "/vocabulary/concept/y49.ttl",
        "/data/openapi.json",
    ):
        assert public.get(path).status_code == 200
    for path in ("/data/parties_reported.csv", QUICK, "/odata/v2/"):
        refused = public.get(path, headers={"Accept-Language": code})
        assert refused.status_code == 429 and refused.json()["error"]["code"] == "too-often"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert ("This address" in refused.text) == (code == "en")
    page = public.get("/data/parties_reported", headers={"Accept": "text/html"})
    assert page.status_code == 429 and page.headers["retry-after"] and "<h1>" in page.text


def test_others_are_not_held_up(public: TestClient) -> None:
    """Behind the proxy each address counts for itself; what a caller adds to the header does not count."""
    with listening(public.app) as address:

        def asked(forwarded: str) -> int:
            return httpx.get(address + QUICK, headers={"X-Forwarded-For": forwarded}).status_code

        assert [asked(f"198.51.100.{n}, 192.0.2.1") for n in range(6)] == [200] * 5 + [429]
        assert asked("192.0.2.2") == 200


def test_a_network_counts_as_one() -> None:
    """Who has a network of IPv6 does not have as many turns as addresses; who left is forgotten."""
    turnstile = Turnstile(Most(at_once=0, of_one=1, a_minute=0))
    with turnstile.admitted("2001:db8:1:2::1"):
        with pytest.raises(ClearingHouseError), turnstile.admitted("2001:db8:1:2:ffff::9"):
            pass
        with turnstile.admitted("2001:db8:1:3::1"), turnstile.admitted("::ffff:192.0.2.1"), turnstile.admitted("x"):
            pass
    with turnstile.admitted("2001:db8:1:2:ffff::9"):
        pass
