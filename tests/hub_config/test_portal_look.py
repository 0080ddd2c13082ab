"""The look, measured in a real browser on a page with every part that the packages use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conventions.languages import LANGUAGES
from hub_config.portal.app import create_app
from tests.conftest import DESKTOP, PHONE, Window
from tests.hub_config import samples
from tests.hub_config.portal import platform
from tests.listening import listening

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('main button, main .button, header a, header button, footer a, summary')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.9).map(e => e.textContent.trim())"""
# Relative luminance and contrast as WCAG 2.2 defines them.
CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const clear = c => c === 'rgba(0, 0, 0, 0)' || c === 'transparent';
  const behind = e => { while (e && clear(getComputedStyle(e).backgroundColor)) e = e.parentElement;
    return e ? getComputedStyle(e).backgroundColor : 'rgb(255, 255, 255)'; };
  return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
      const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), e.tagName + ': ' + e.textContent.trim()]; }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal with the sample page, served to real browsers."""
    running = platform(Path(tmp_path_factory.mktemp("look")), [samples.PART])
    with listening(create_app(running)) as address:
        yield address


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_wider_than_the_screen(window: Window, address: str, code: str, viewport: dict[str, int]) -> None:
    """No page scrolls sideways: tables and code scroll inside themselves; and the policy blocks nothing of ours."""
    page = window(code, viewport)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in ("/", "/sample", "/about", "/status"):
        page.goto(address + path)
        assert page.evaluate(OVERFLOW) <= 0
    assert not complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(window: Window, address: str, scheme: str) -> None:
    """All text has a contrast of at least 4.5 with what is behind it, in light and in dark."""
    page = window(color_scheme=scheme)
    page.goto(f"{address}/sample")
    page.locator("summary").click()
    assert page.evaluate(CONTRAST) == []


def test_fingers_find_their_targets(window: Window, address: str) -> None:
    """On a touch screen, everything to press in a page's frame is at least 44 px high."""
    page = window("ar", PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{address}/sample")
    page.locator("summary").tap()
    assert page.evaluate(SMALL) == []


def test_right_to_left_mirrors_and_code_does_not(window: Window, address: str) -> None:
    """In Arabic the wordmark is at the right, and code still runs from left to right."""
    page = window("ar")
    page.goto(f"{address}/sample")
    wordmark = page.locator(".wordmark").bounding_box()
    assert wordmark and wordmark["x"] > DESKTOP["width"] / 2
    assert page.locator("pre").evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_keyboard_skips_to_the_content(window: Window, address: str) -> None:
    """The first press of Tab shows the skip link, and it leads into the page."""
    page = window()
    page.goto(f"{address}/sample")
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible() and page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
