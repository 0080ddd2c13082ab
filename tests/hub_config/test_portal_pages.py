"""The portal's own pages, as a browser without script sees them: language, forms, errors, weight, markup."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.testclient import TestClient

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_, texts
from expert_db.members import Role, Standing
from expert_db.visit import Visit, here
from hub_config.portal.errors import BY_STATUS, UNCHANGED
from hub_config.portal.status import Probe
from hub_config.wiring import Part, Platform
from tests.hub_config import samples
from tests.hub_config.portal import client, join, platform

PAGES = ("/", "/dashboards", "/about", "/status", "/sample", "/nowhere")
LIMIT = 100_000

failing = APIRouter()


@failing.get("/taken")
def taken() -> HTMLResponse:
    """A page that refuses what it was asked."""
    raise ClearingHouseError("sample-taken", N_("Something in what was sent cannot be used as it is."), status=409)


@failing.get("/api/taken")
def taken_api() -> None:
    """The same for programs."""
    raise ClearingHouseError("sample-taken", "{name} is taken.", status=409, name="e-waste")


@failing.get("/broken")
def broken() -> None:
    """A page with a fault."""
    raise ZeroDivisionError("the password is hunter2")


@failing.get("/counted/{number}")
def counted(number: int) -> HTMLResponse:
    """A page that takes a number."""
    return HTMLResponse(str(number))


@failing.get("/desk")
def desk(visit: Visit = Depends(here)) -> HTMLResponse:
    """A page of one role."""
    visit.signed_in(Role.CENTRE)
    return HTMLResponse("the desk")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Platform]:
    """A portal with the sample page, an officer who reads Arabic and a newcomer."""
    it = platform(tmp_path, [samples.PART, Part("tests/hub_config/samples", routers=[failing])])
    join(it.database, "officer", Role.OFFICER, "ar")
    join(it.database, "newcomer", Role.EXPERT, "en", Standing.WAITING)
    yield it
    it.database.close()


@pytest.fixture
def public(running: Platform) -> TestClient:
    return client(running)


@pytest.fixture
def officer(running: Platform) -> TestClient:
    return client(running, "officer")


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)"', page)
    assert found
    return found[1]


def test_language_of_the_browser(public: TestClient) -> None:
    """Somebody new reads the language that her browser prefers among the six."""
    assert language_of(public.get("/", headers={"Accept-Language": "de, ru;q=0.8, en;q=0.5"}).text) == "ru"


def test_language_of_the_member(officer: TestClient) -> None:
    """A member reads her own language on any computer."""
    assert language_of(officer.get("/", headers={"Accept-Language": "en"}).text) == "ar"


def test_language_chosen_here(officer: TestClient) -> None:
    """What she chooses wins over her profile, in the address and on the pages after it."""
    assert language_of(officer.get("/?lang=fr").text) == "fr"
    assert language_of(officer.get("/about").text) == "fr"


def test_unknown_language_is_ignored(public: TestClient) -> None:
    """A language that is not one of the six changes nothing."""
    assert language_of(public.get("/?lang=xx").text) == "en"
    assert public.get("/language/xx").status_code == 404


def test_switch_keeps_the_page(public: TestClient) -> None:
    """The switch on every page leads back to that page, with its query, in the other language."""
    page = public.get("/dashboards?kind=waste&lang=es").text
    link = re.search(r'href="(/language/zh[^"]+)"', page)
    assert link
    answer = public.get(link[1].replace("&amp;", "&"))
    assert answer.headers["location"] == "/dashboards?kind=waste"
    assert language_of(public.get(answer.headers["location"]).text) == "zh"


def test_switch_leads_nowhere_else(public: TestClient) -> None:
    """The switch is no open redirect."""
    assert public.get("/language/fr?next=//evil.example").headers["location"] == "/"


@pytest.mark.parametrize("token", ["", "wrong", "a-toke"])
def test_form_without_its_token_is_refused(officer: TestClient, token: str) -> None:
    """A form that another site sends in her name changes nothing, and she is told what to do."""
    answer = officer.post("/sample", data={"name": "Eve", "csrf": token})
    assert answer.status_code == 403 and "form-stale" in answer.text


def test_form_leaves_a_notice_once(officer: TestClient) -> None:
    """After a form the next page says what was done, as text, and the page after that does not."""
    assert officer.post("/sample", data={"name": "<b>Amina</b>", "csrf": "a-token"}).status_code == 303
    assert "Kept: &lt;b&gt;Amina&lt;/b&gt;" in officer.get("/sample").text
    assert "Kept:" not in officer.get("/sample").text


def test_forged_session_is_nobody(running: Platform) -> None:
    """A session that the portal did not sign is no session."""
    browser = client(running)
    browser.cookies.set("chm_session", "eyJuYW1lIjogIm9mZmljZXIifQ==.x.y")
    assert "Amina Haddad" not in browser.get("/").text


def test_page_for_members_leads_to_the_sign_in_and_back(public: TestClient) -> None:
    """Who is not signed in is taken to sign in, and from there to the page with its query."""
    assert public.get("/desk?course=a").headers["location"] == "/sign-in?next=/desk%3Fcourse%3Da"


def test_another_role_is_told(officer: TestClient) -> None:
    """A member of another role is told who decides on roles."""
    answer = officer.get("/desk")
    assert answer.status_code == 403 and "not-allowed" in answer.text


def test_newcomer_does_not_go_in_circles(running: Platform) -> None:
    """Who signed in without being a member yet is told where she stands instead of signing in again."""
    answer = client(running, "newcomer").get("/desk")
    assert answer.status_code == 403 and "newcomer" in answer.text and "Secretariat" in answer.text


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/sign-out", 405), ("/counted/x", 422), ("/broken", 500), ("/taken", 409)]
)
def test_error_pages(public: TestClient, code: str, path: str, status: int) -> None:
    """An error says in each language what happened, what was kept and what to do; never what went wrong inside."""
    answer = public.get(f"{path}?lang={code}")
    words = texts(code)
    page = answer.text.replace("&#39;", "'")
    assert answer.status_code == status and language_of(page) == code
    assert words("What to do next") in page
    assert code == "en" or words("What to do next") != "What to do next"
    assert words(BY_STATUS[status].kept if status in BY_STATUS else UNCHANGED) in page
    assert "hunter2" not in page and "Traceback" not in page
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_error_leads_back(officer: TestClient) -> None:
    """The way back from an error is the page of this site that led to it, and never another site."""
    ours = officer.get("/desk", headers={"Referer": "http://testserver/sample?a=1"}).text
    theirs = officer.get("/desk", headers={"Referer": "http://evil.example/sample"}).text
    assert 'href="/sample?a=1"' in ours and "evil" not in theirs and "/sample" not in theirs


def test_errors_for_programs(public: TestClient) -> None:
    """Under /api/ an error is JSON with a stable code, a sentence and its values."""
    answer = public.get("/api/taken")
    assert answer.status_code == 409
    assert answer.json() == {
        "error": {"code": "sample-taken", "message": "e-waste is taken.", "values": {"name": "e-waste"}}
    }
    assert "set-cookie" not in answer.headers


def test_bad_value_is_not_repeated(public: TestClient) -> None:
    """What cannot be read is named and not shown again, so that a link cannot put words on our page."""
    page = public.get("/counted/call-this-number").text
    assert "number" in page and "call-this-number" not in page.split("<main")[1]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_markup(public: TestClient, path: str, code: str) -> None:
    """Every page says its language and direction, has one h1 and no heading that skips a level."""
    page = public.get(f"{path}?lang={code}").text
    assert f'<html lang="{code}" dir="{LANGUAGES[code].direction}">' in page
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "style=" not in page and "<script" not in page
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("path", PAGES)
def test_first_view_is_light(public: TestClient, path: str) -> None:
    """A page and all that it loads are less than 100 kB even before compression."""
    page = public.get(path).text
    files = [public.get(address) for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))]
    assert files and all(file.status_code == 200 for file in files)
    assert len(page.encode()) + sum(len(file.content) for file in files) < LIMIT


def test_static_files_are_kept(public: TestClient) -> None:
    """A file with its digest in the address is kept for good; the plain address is asked again and answers briefly."""
    found = re.search(r'href="(/static/style\.\w+\.css)"', public.get("/").text)
    assert found
    lasting, plain = public.get(found[1]), public.get("/static/style.css")
    assert "immutable" in lasting.headers["cache-control"] and "immutable" not in plain.headers["cache-control"]
    assert lasting.content == plain.content and plain.headers["content-encoding"] == "gzip"
    assert public.get("/static/style.css", headers={"If-None-Match": plain.headers["etag"]}).status_code == 304
    assert public.get("/static/..%2Fapp.py").status_code == 404


def test_panels_are_shown_in_the_order_of_the_parts(tmp_path: Path) -> None:
    """What packages bring for a member's front page is there, in order, and its markup is kept."""
    first = Part("courses", panels={"next": lambda visit, _: Markup("<h2>{}</h2>").format(visit.language.name)})
    second = Part("expert_db", panels={"next": lambda _visit, _subject: Markup("<p>two</p>")})
    running = platform(tmp_path, [first, second])
    join(running.database, "officer", Role.OFFICER, "en")
    assert "<h2>English</h2><p>two</p>" in client(running, "officer").get("/").text


def test_status_tells_what_fails(tmp_path: Path) -> None:
    """A part that works and one that does not are both shown as they are, really asked."""

    async def well() -> None:
        return None

    async def gone() -> None:
        raise ConnectionError

    running = platform(tmp_path, probes=[Probe("Forum", well), Probe("Dashboards", gone)])
    page = client(running).get("/status").text
    assert re.search(r"Forum</th><td><span class=\"badge good\">works", re.sub(r"\s*\n\s*", "", page))
    assert re.search(r"Dashboards</th><td><span class=\"badge bad\">does not answer", re.sub(r"\s*\n\s*", "", page))
