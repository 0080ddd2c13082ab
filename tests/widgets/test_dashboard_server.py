"""The dashboards as the public meets them: the real server, a real browser."""

import csv
import io
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import psutil
import pytest
from playwright.sync_api import Page, expect

from conventions.parties import CONVENTIONS
from tests.conftest import Window
from tests.waiting import until
from tests.widgets.conftest import BASE, SECRET, Server, running, serving
from tests.widgets.test_ratifications import counted_by_hand

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(window: Window) -> Iterator[Page]:
    """A visitor on a phone, with an empty browser, who never leaves this machine."""
    visitor = window(viewport=PHONE, accept_downloads=True)
    strangers: list[str] = []
    visitor.on("request", lambda request: None if _own(request.url) else strangers.append(request.url))
    yield visitor
    assert strangers == []


def _own(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def status(url: str) -> tuple[int, str]:
    """The HTTP status and text of an address, once a page that is still being prepared is there."""
    until(lambda: asked(url)[0] != 503)
    return asked(url)


def asked(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_figures_on_the_page_are_those_in_the_file(server: Server, page: Page) -> None:
    """Chosen by region and by year with the keyboard, each figure equals a count by hand."""
    page.goto(server.page("lang=en"))
    page.get_by_label("Region").select_option("Africa")
    year = page.get_by_role("slider", name="Year")
    year.focus()
    for _ in range(2025 - 2010):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".chm-parties legend")).to_have_text("Parties in 2010")
    shown = [int(figure) for figure in page.locator(".chm-parties output").all_inner_texts()]
    assert shown == [counted_by_hand(convention, "002", 2010) for convention in CONVENTIONS]


def test_the_file_holds_exactly_what_is_shown(server: Server, page: Page) -> None:
    """The CSV has the table's rows and columns, then the region and the note on sources."""
    page.goto(server.page("lang=es&convention=basel,stockholm&region=019"))
    page.get_by_text("Las mismas cifras en forma de tabla").click()
    table = [row.split("\t") for row in page.locator(".chm-parties tr").all_inner_texts()]
    with page.expect_download() as download:
        page.get_by_role("button", name="Tabla (CSV)").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [[cell.strip() for cell in row] for row in table] == rows[: len(table)]
    assert rows[0] == ["Año", "Convenio de Basilea", "Convenio de Estocolmo"]
    assert rows[-2:] == [["Región: América"], [page.locator(".chm-parties .note").inner_text()]]


def test_the_picture_says_what_its_lines_are(server: Server, page: Page) -> None:
    """SVG and PNG hold chart, region, year, a line of the legend for each convention shown, and the note."""
    page.goto(server.page("lang=ar&convention=basel,ban&region=002"))
    page.wait_for_selector(".chm-parties .series")

    def saved(label: str) -> bytes:
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        return Path(download.value.path()).read_bytes()

    picture = ElementTree.fromstring(saved("صورة (SVG)"))  # noqa: S314 - of our own making
    told = [" ".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    figures = page.locator(".chm-parties output").all_inner_texts()
    assert f"اتفاقية بازل: {figures[0]}" in told and f"تعديل الحظر: {figures[1]}" in told
    assert not any("روتردام" in text for text in told[:-12]) and page.locator(".note").inner_text() in " ".join(told)
    assert saved("صورة (PNG)").startswith(b"\x89PNG")


def test_a_link_brings_back_the_view(server: Server, page: Page) -> None:
    """What was chosen stands in the link, and the link opens the same view."""
    page.goto(server.page("lang=fr"))
    page.get_by_label("Convention de Rotterdam").uncheck()
    page.get_by_label("Amendement portant interdiction").uncheck()
    page.get_by_label("Région").select_option("150")
    before = page.locator(".chm-parties output").all_inner_texts()
    page.get_by_role("link", name="Lien vers cette vue").click()
    expect(page.get_by_label("Région")).to_have_value("150")
    assert "convention=basel%2Cstockholm" in page.url and "lang=fr" in page.url
    assert page.locator(".chm-parties output").all_inner_texts() == before
    assert page.locator(".chm-parties .series.rotterdam").count() == 0


def test_arabic_runs_from_right_to_left(server: Server, page: Page) -> None:
    """The page, its texts and the time axis turn; nothing is wider than the phone; no English is left."""
    page.goto(server.page("lang=ar"))
    expect(page.get_by_role("heading", level=1)).to_have_text("الأطراف في الاتفاقيات")
    expect(page.locator(".chm-parties legend")).to_have_text("الأطراف في عام 2025")
    assert page.evaluate("document.documentElement.dir + document.documentElement.lang") == "rtlar"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dot = page.locator(".chm-parties .dot.basel").bounding_box()
    assert dot is not None and dot["x"] < PHONE["width"] / 2
    words = page.locator("main").inner_text()
    assert not any(word in words for word in ("Region", "Year", "Parties", "Source", "Convention"))


def test_the_words_are_there_before_the_chart(server: Server) -> None:
    """Without script: title, summary, the note that a chart comes, and method and caveats in her language."""
    code, html = status(server.page("lang=zh"))
    assert code == 200 and '<html lang="zh" dir="ltr">' in html
    first, rest = html.split("jupyter-config-data", 1)
    assert "<h1>各公约的缔约方</h1>" in first and "正在准备图表" in first and "统计方法" in rest
    assert "import sys" not in html and "Ratifications(" not in html


def test_the_language_switch_keeps_the_view(server: Server) -> None:
    """Each language is a link that keeps convention and region; nothing else of the address is repeated."""
    _, html = status(server.page("lang=en&region=002&convention=ban&evil=%22%3E%3Cscript%3E"))
    assert 'href="?lang=ru&amp;convention=ban&amp;region=002"' in html
    assert "evil" not in html.split("jupyter-config-data", 1)[0]


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/parties.ipynb",
        "voila/tree",
        "voila/api/contents",
        "voila/render/..%2Fratifications.py",
        "voila/render/nothing.ipynb",
        "api/kernels",
        "api/contents",
    ],
)
def test_nothing_but_dashboards_is_served(server: Server, path: str) -> None:
    """No sources, no file browser, no other file, no list of kernels."""
    code, _ = status(server.url + path)
    assert code in {403, 404}


def test_the_base_address_leads_to_a_dashboard(server: Server) -> None:
    """Who comes to the service itself is not shown a list of files; the look cannot be changed by the address."""
    code, html = status(f"{server.url}?template=lab")
    assert code == 200 and BASE in html and 'class="page-head"' in html


def test_kernels_see_no_secret_and_end_with_the_server() -> None:
    """The server's token is in its own environment and in that of none of the processes it starts."""
    with serving() as own:
        until(lambda: own.children)
        children = own.children
        environments = [text for pid in children if "QUERY_STRING" in (text := environment(pid))]
        assert environments and not any(SECRET in text for text in environments)
        assert SECRET in environment(own.process.pid)
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


def environment(pid: int) -> str:
    """What a process was told when it began; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except OSError:
        return ""


def test_an_open_page_works_without_the_server(page: Page) -> None:
    """The server is gone, and choosing a region still changes the figures."""
    with serving() as own:
        page.goto(own.page("lang=en"))
        page.wait_for_selector(".chm-parties .series")
    page.get_by_label("Region").select_option("Oceania")
    shown = [int(figure) for figure in page.locator(".chm-parties output").all_inner_texts()]
    assert shown == [counted_by_hand(convention, "009", 2025) for convention in CONVENTIONS]


def test_a_notebook_alone_in_plain_voila(window: Window) -> None:
    """Voila with no configuration of ours shows the same widget, in the language asked for, without a network."""
    visitor = window()
    visitor.route(lambda url: not _own(url), lambda route: route.abort())
    with running([sys.executable, "-m", "voila", "widgets/dashboards/parties.ipynb", "--no-browser"], "/") as plain:
        visitor.goto(f"{plain.url}?lang=ru")
        expect(visitor.locator(".chm-parties legend")).to_have_text("Число Сторон: 2025 год")
    visitor.close()


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder for temporary files whose name leaves room for those of sockets."""
    with TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("pages", [0, 1, 3])
def test_ended_while_it_draws_it_leaves_nothing(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """No kernel, none that began meanwhile either, no file of one, and no word of a failure in its log."""
    monkeypatch.setenv("TMPDIR", str(short))
    drawn, log = tmp_path / "drawn", tmp_path / "log"
    with log.open("wb") as file, serving(pages=drawn, log=file.fileno()) as server:
        until(lambda: len([*drawn.glob("*.page")]) >= pages and server.children)
    commands = [" ".join(each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"])]
    assert not [command for command in commands if str(short) in command]
    assert not [*short.iterdir()]
    assert "ERROR" not in log.read_text() and "Traceback" not in log.read_text()
