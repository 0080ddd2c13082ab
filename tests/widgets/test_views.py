"""Every dashboard of controls and figures, in the real server and a real browser."""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from conventions.languages import LANGUAGES
from tests.conftest import Window
from tests.widgets.conftest import Server, serving
from widgets.dashboards import dashboards

AXE = Path(sys.prefix) / "node" / "node_modules" / "axe-core" / "axe.min.js"
NAMES = [dashboard.name for dashboard in dashboards()]
VIEWS = [name for name in NAMES if name != "parties"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(window: Window) -> Iterator[Page]:
    """A visitor on a phone, with an empty browser, whose page never fails unseen."""
    visitor = window(viewport=PHONE, accept_downloads=True)
    faults: list[str] = []
    visitor.on("pageerror", lambda fault: faults.append(str(fault)))
    yield visitor
    # Who leaves a page gives her kernel back.
    visitor.goto("about:blank")
    assert faults == []


def opened(page: Page, server: Server, name: str, query: str) -> None:
    """The dashboard, as soon as its widgets are there."""
    page.goto(server.page(query, name))
    page.wait_for_selector("#loading", state="detached")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(server: Server, window: Window, name: str, scheme: str) -> None:
    """No serious or critical violation of WCAG, in Arabic, light and dark, with all tables open."""
    visitor = window(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    opened(visitor, server, name, "lang=ar")
    visitor.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    visitor.add_script_tag(path=AXE)
    found = visitor.evaluate("axe.run(document, {resultTypes: ['violations']})")
    visitor.goto("about:blank")
    serious = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"]) for each in serious] == []


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("language", ["ar", "zh"])
def test_in_her_language_and_direction_on_a_phone(server: Server, page: Page, name: str, language: str) -> None:
    """The page turns with its script, is no wider than the phone, and its first figure says what it shows."""
    opened(page, server, name, f"lang={language}")
    assert page.evaluate("document.documentElement.dir") == LANGUAGES[language].direction
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    section = page.locator(".chm-view").first
    expect(section).to_have_attribute("dir", LANGUAGES[language].direction)
    assert section.locator(".summary").first.inner_text()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_nothing_is_cut_off_on_a_phone(server: Server, page: Page, name: str, language: str) -> None:
    """Every text of a chart lies within it and no name runs into a figure beside it; what is cut in a list says so."""
    opened(page, server, name, f"lang={language}")
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.chart svg text')].filter((text) => {
          const [box, all] = [text.getBoundingClientRect(), text.closest('svg').getBoundingClientRect()];
          return box.left < all.left - 1 || box.right > all.right + 1; }).map((text) => text.textContent)"""
    )
    assert outside == []
    over = page.evaluate(
        """() => { const boxes = [...document.querySelectorAll('.chart.ranks text')].map((text) =>
          [text.textContent, text.getBoundingClientRect()]);
        return boxes.filter(([, a], i) => boxes.some(([, b], k) => k > i && a.left < b.right && b.left < a.right
          && a.top < b.bottom - 4 && b.top < a.bottom - 4)).map(([words]) => words); }"""
    )
    assert over == []
    lists = "nodes => nodes.every((node) => getComputedStyle(node).textOverflow === 'ellipsis')"
    assert page.locator(".chm-parts select").evaluate_all(lists)


@pytest.mark.parametrize("name", VIEWS)
def test_every_control_is_reached_by_keyboard(server: Server, page: Page, name: str) -> None:
    """Tab comes to each field, button, link, table and summary of the widgets, in the order of the page."""
    opened(page, server, name, "lang=en")
    count = page.evaluate(
        """() => { window.stops = [...document.querySelectorAll('.chm-parts :is(select, input, button, summary, a,'
        + '[tabindex="0"])')].filter((node) => node.checkVisibility() && !node.disabled
          && !(node.type === 'radio' && !node.checked && document.querySelector(`[name="${node.name}"]`) !== node));
        stops[0].focus(); return stops.length; }"""
    )
    for place in range(1, count):
        page.keyboard.press("Tab")
        assert page.evaluate("stops.indexOf(document.activeElement)") == place


def test_a_choice_by_keyboard_is_answered_and_stands_in_the_link(server: Server, page: Page) -> None:
    """The kernel answers the choice; the link opens the same view, in the same words."""
    opened(page, server, "movements", "lang=en&from=2010&to=2012")
    exporter = page.get_by_label("Exporter", exact=True)
    exporter.focus()
    page.keyboard.type("Switz")
    summary = page.locator(".summary").first
    expect(summary).to_contain_text("the largest is Switzerland")
    said = summary.inner_text()
    page.get_by_role("link", name="Link to this view").click()
    page.wait_for_selector("#loading", state="detached")
    expect(page.get_by_label("Exporter", exact=True)).to_have_value("CH")
    assert "from=2010" in page.url and page.locator(".summary").first.inner_text() == said


def test_the_files_hold_exactly_what_is_shown(server: Server, page: Page) -> None:
    """CSV has the table's rows in full, then choice and source; SVG and PNG are pictures with the note in them."""
    opened(page, server, "movements", "lang=ru&from=2019&to=2019")
    figure = page.locator("section.figure").first
    figure.locator("summary").click()
    table = [row.split("\t") for row in figure.locator("tr").all_inner_texts()]

    def saved(label: str) -> bytes:
        with page.expect_download() as download:
            figure.get_by_role("button", name=label).click()
        return Path(download.value.path()).read_bytes()

    rows = list(csv.reader(io.StringIO(saved("Таблица (CSV)").decode("utf-8-sig"))))
    assert [[row[0].strip(), row[1].strip()] for row in table] == [row[:2] for row in rows[: len(table)]]
    assert [round(float(row[2]), 3) for row in rows[1 : len(table)]] == [
        float(row[2].replace("\xa0", "").replace(",", ".")) for row in table[1:]
    ]
    note = page.locator(".note").inner_text()
    assert rows[-1] == [note] and ["С года: 2019"] in rows
    picture = ElementTree.fromstring(saved("Рисунок (SVG)"))  # noqa: S314 - of our own making
    words = " ".join("".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text"))
    assert note in words and "Крупнейшие потоки, 2019" in words
    ground = picture.find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None and ground.get("fill") == "rgb(255, 255, 255)"
    legend = figure.locator(".legend span").all_inner_texts()
    assert legend and all(text in words for text in legend)
    assert saved("Рисунок (PNG)").startswith(b"\x89PNG")


def test_without_its_kernel_the_page_says_so(page: Page) -> None:
    """The server is gone: after a choice the reader gets a link that opens the view she chose."""
    with serving() as own:
        opened(page, own, "movements", "lang=en")
    page.get_by_label("Flows between", exact=True).select_option("regions")
    late = page.get_by_role("link", name="There is no answer.")
    expect(late).to_be_visible()
    assert "level=regions" in str(late.get_attribute("href"))
