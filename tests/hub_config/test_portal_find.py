"""The look-up in the portal: open to all, in six languages, with real courses and tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from expert_db.database import Base
from hub_config import ports
from hub_config.portal.hub import Hub
from hub_config.settings import Settings
from hub_config.wiring import wire
from tests.hub_config.portal import client


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole portal of a new platform with its course released, as a visitor without an account sees it."""
    home: Path = tmp_path_factory.mktemp("find")
    ports.choose(home)
    wired = wire(Settings(home=home, public_url="http://testserver"), Hub("http://127.0.0.1:9/hub/api", "nobody"))
    Base.metadata.create_all(wired.database.engine)
    (courses,) = [part.services["courses"] for part in wired.parts if "courses" in part.services]
    assert courses.release_new(by="centre") == []
    yield client(wired)
    wired.database.close()


def test_a_visitor_finds_what_follows_and_the_lesson(site: TestClient) -> None:
    """The annex with its day, the obligation with its article, the lesson to learn it from."""
    page = site.get("/find", params={"q": "printed circuit boards", "lang": "en"}).text
    assert "Basel Convention, Annex <bdi>VIII</bdi>" in page and ">A1181<" in page and "1 January 2025" in page
    assert "have consented in writing." in page and '<bdi dir="ltr">6</bdi>' in page
    assert '<a href="/courses/e-waste/classify">' in page


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "batteries au plomb", "Ce qui en découle"),
        ("es", "baterías de plomo", "Qué se deriva de ello"),
        ("ru", "свинцовых аккумуляторов", "Что из этого следует"),
        ("zh", "废铅酸电池", "相应义务"),
        ("ar", "بطاريات الرصاص", "ما يترتب على ذلك"),
    ],
)
def test_it_answers_in_the_reader_s_language(site: TestClient, language: str, text: str, words: str) -> None:
    """Question and answer in her language; what is only in English is marked as English."""
    page = site.get("/find", params={"q": text, "lang": language}).text
    assert words in page and ">A1160<" in page
    assert '<p lang="en" dir="ltr">Waste lead-acid batteries' in page


def test_the_front_page_has_the_form(site: TestClient) -> None:
    """It works without a script: a form that is sent by GET."""
    assert 'action="/find"' in site.get("/").text


def test_nothing_found_says_what_to_do(site: TestClient) -> None:
    """The words are repeated as text, near terms are offered as links."""
    page = site.get("/find", params={"q": "asbsetos", "lang": "en"}).text
    assert "The vocabulary has nothing for “asbsetos”" in page and 'href="/find?q=asbestos"' in page
    hostile = site.get("/find", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in hostile and "&lt;script&gt;" in hostile


def test_a_text_that_is_too_long_is_refused(site: TestClient) -> None:
    """With a page that says so, not an error of ours."""
    answer = site.get("/find", params={"q": "x" * 400})
    assert 400 <= answer.status_code < 500 and "Traceback" not in answer.text
