"""The pages of data, vocabulary and look-up in a real browser: axe-core, keyboard, a phone, from right to left."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from expert_db.database import Base
from hub_config import ports
from hub_config.portal.app import create_app
from hub_config.portal.hub import Hub
from hub_config.settings import Settings
from hub_config.wiring import wire
from tests.conftest import DESKTOP, PHONE, Window
from tests.hub_config.test_portal_look import OVERFLOW, SMALL
from tests.listening import listening
from tests.ports import free_port

AXE = Path(sys.prefix) / "node" / "node_modules" / "axe-core" / "axe.min.js"
PATHS = (
    *("/data", "/data/movements", "/data/stockholm_listings", "/data/api", "/vocabulary", "/vocabulary/scheme/wastes"),
    *("/vocabulary/concept/lead-acid-battery", "/find", "/find?q=lead", "/find?q=50-29-3", "/find?q=nothing-at-all"),
)
# What the keyboard stops at within the page's own part, in the order of the page.
STOPS = """() => { const all = 'main :is(a[href], button, input, summary, [tabindex="0"])';
  window.stops = [...document.querySelectorAll(all)].filter(node => node.checkVisibility() && !node.disabled);
  stops[0].focus(); return stops.length; }"""
# Where a line of text begins or ends outside its own box, or outside the screen and nothing scrolls there.
CUT = """() => [...document.querySelectorAll('main *')].filter(node => node.checkVisibility() &&
  !node.closest('.scroll') &&
  [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())).filter(node => {
    const box = node.getBoundingClientRect(); return box.left < -1 || box.right > innerWidth + 1; })
  .map(node => node.textContent.trim().slice(0, 60))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole portal of a new platform, with its course released."""
    home, port = tmp_path_factory.mktemp("open-pages"), free_port()
    ports.choose(home)
    settings = Settings(home=home, public_url=f"http://127.0.0.1:{port}")
    wired = wire(settings, Hub("http://127.0.0.1:9/hub/api", "nobody"))
    Base.metadata.create_all(wired.database.engine)
    (courses,) = [part.services["courses"] for part in wired.parts if "courses" in part.services]
    assert courses.release_new(by="centre") == []
    with listening(create_app(wired), port) as address:
        yield address
    wired.database.close()


def every_detail_open(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("seen", [("ar", PHONE, "light"), ("en", DESKTOP, "dark")], ids=["ar", "en"])
def test_axe_finds_nothing_serious(
    window: Window, address: str, path: str, seen: tuple[str, dict[str, int], str]
) -> None:
    """No serious or critical violation of WCAG, everything that can be opened open."""
    language, viewport, scheme = seen
    page = window(language, viewport, color_scheme=scheme, bypass_csp=True)
    assert (page.goto(address + path) or pytest.fail()).status == 200
    every_detail_open(page)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"]) for each in serious] == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["ar", "zh", "en"])
def test_on_a_phone(window: Window, address: str, path: str, language: str) -> None:
    """Nothing is wider than the screen, nothing is cut off, fingers find what is to be pressed."""
    page = window(language, PHONE, has_touch=True, is_mobile=True)
    page.goto(address + path)
    every_detail_open(page)
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(CUT) == []
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_all_is_reached_by_keyboard(window: Window, address: str, path: str, language: str) -> None:
    """Tab comes to each link, field, button and table that scrolls, in the order of the page, and each is seen then."""
    page = window(language, PHONE)
    page.goto(address + path)
    for place in range(1, min(page.evaluate(STOPS), 60)):
        page.keyboard.press("Tab")
        assert page.evaluate("stops.indexOf(document.activeElement)") == place
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_a_table_scrolls_by_keyboard(window: Window, address: str) -> None:
    """A table wider than the phone is moved with the arrow keys, in Arabic to the left."""
    page = window("ar", PHONE)
    page.goto(f"{address}/data/movements")
    wide = page.locator(".scroll").first
    wide.focus()
    before = wide.evaluate("node => node.scrollLeft")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("([node, before]) => node.scrollLeft < before", arg=[wide.element_handle(), before])


@pytest.mark.parametrize(("language", "words"), [("en", "lead-acid battery"), ("ar", "بطاريات الرصاص")])
def test_a_search_by_keyboard_alone(window: Window, address: str, language: str, words: str) -> None:
    """From the field by Enter to what was found; the words stay in the field."""
    page = window(language, PHONE)
    page.goto(f"{address}/find")
    page.locator("#q").focus()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("main section h2").first).to_be_visible()
    assert quote(words.split(maxsplit=1)[0]) in page.url and page.locator("#q").input_value() == words
