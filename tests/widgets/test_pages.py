"""Pages that are drawn ahead: served as they are, drawn anew when something changed, once for all who ask."""

import asyncio
import gzip
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from conventions.parties import CONVENTIONS
from tests.conftest import Window
from tests.waiting import until
from tests.widgets.conftest import Server, sample_notebook, serving
from widgets.server.contents import Contents
from widgets.server.pages import MOST_WAITING, Crowded, Page, Pages, Wanted

PARTIES = Wanted("parties", "lang=fr")


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and content, as they come."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def looped(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own, in a thread, since the browser's has one."""

    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, test(*arguments, **named)).result()

    return run


class Drawer:
    """Draws a page that says how many have been drawn; fails or waits when told to."""

    def __init__(self) -> None:
        self.drawn, self.version, self.broken = 0, "1", False
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, wanted: Wanted, version: str) -> bytes:
        await self.go.wait()
        if self.broken:
            raise ValueError("the notebook fails")
        self.drawn += 1
        return f"{wanted.query} {version} {self.drawn}".encode()


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def pages(drawer: Drawer, tmp_path: Path) -> Pages:
    return Pages(drawer, lambda: drawer.version, tmp_path)


@looped
async def test_one_is_drawn_however_many_ask(drawer: Drawer, pages: Pages) -> None:
    """Twenty who come while it is drawn get the same page."""
    drawer.go.clear()
    tasks = [pages.drawing(PARTIES) for _ in range(20)]
    drawer.go.set()
    found = await asyncio.gather(*tasks)
    assert drawer.drawn == 1 and len({id(page) for page in found}) == 1
    assert pages.known(PARTIES) == found[0]


@looped
async def test_what_changed_is_drawn_anew_and_the_old_page_shown_meanwhile(drawer: Drawer, pages: Pages) -> None:
    """Nobody waits for a new version; the next who asks after it was drawn gets it."""
    old = await pages.drawing(PARTIES)
    drawer.version = "2"
    assert pages.known(PARTIES) == old
    await pages.drawing(PARTIES)
    new = pages.known(PARTIES)
    assert new and old and new.version == "2" and new.etag != old.etag and drawer.drawn == 2


@looped
async def test_a_failure_keeps_the_last_good_page(
    drawer: Drawer, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once and not tried again at every request, but at the next change."""
    good = await pages.drawing(PARTIES)
    drawer.version, drawer.broken = "2", True
    assert await pages.drawing(PARTIES) is None and await pages.drawing(PARTIES) is None
    assert pages.known(PARTIES) == good
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [ValueError]
    drawer.version, drawer.broken = "3", False
    assert await pages.drawing(PARTIES) == pages.known(PARTIES) != good


@looped
async def test_pages_outlive_the_server(drawer: Drawer, pages: Pages, tmp_path: Path) -> None:
    """What was drawn is found again; a file that is damaged or another's is as if it were not there."""
    page = await pages.drawing(PARTIES)
    again = Pages(drawer, lambda: drawer.version, tmp_path)
    assert again.known(PARTIES) == page and again.known(Wanted("parties", "lang=ar")) is None
    (tmp_path / PARTIES.file).write_bytes((tmp_path / PARTIES.file).read_bytes()[:-20])
    assert Pages(drawer, lambda: drawer.version, tmp_path).known(PARTIES) is None


@looped
async def test_not_more_wait_than_can_be_drawn(drawer: Drawer, pages: Pages) -> None:
    """A flood of views is refused; those that wait already are drawn."""
    drawer.go.clear()
    tasks = [pages.drawing(Wanted("parties", f"region={n}")) for n in range(MOST_WAITING)]
    with pytest.raises(Crowded):
        pages.drawing(PARTIES)
    drawer.go.set()
    assert all(await asyncio.gather(*tasks))


@looped
async def test_memory_and_disk_are_bounded(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that nobody has read for longest goes first, and its file when there are too many."""
    monkeypatch.setattr("widgets.server.pages.MOST_IN_MEMORY", 2)
    monkeypatch.setattr("widgets.server.pages.MOST_ON_DISK", 3)
    wanted = [Wanted("parties", f"region={n}") for n in range(5)]
    for each in wanted:
        await pages.drawing(each)
    assert len([*tmp_path.glob("*.page")]) == 3
    assert [*pages._known] == wanted[-2:]


def test_a_page_compressed_is_the_page() -> None:
    """And the same content gives the same bytes, so that caches agree."""
    page = Page("1", b"content" * 100)
    assert gzip.decompress(page.gzipped) == page.html and page.gzipped == Page("2", page.html).gzipped


def test_the_version_follows_contents_alone(tmp_path: Path) -> None:
    """A changed byte changes it, the same bytes written anew do not, and bytecode does not count."""
    data = tmp_path / "data.csv"
    data.write_text("a,1\n")
    contents = Contents([tmp_path], pause=0)
    first = contents.version
    data.write_text("a,2\n")
    second = contents.version
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "data.pyc").write_text("x")
    data.write_text("a,1\n")
    assert first != second and contents.version == first == Contents([tmp_path]).version


@pytest.fixture(scope="module")
def drawn(server: Server) -> Server:
    """The server once all pages are drawn and it rests."""
    server.rest()
    return server


def test_a_page_can_be_kept_by_browsers_and_proxies(drawn: Server) -> None:
    """It has a validator and a life, is compressed for whoever can read that, sets no cookie, and answers 304."""
    code, headers, content = get(drawn.page("lang=fr"), Accept_Encoding="gzip")
    assert code == 200 and headers["Content-Encoding"] == "gzip" and headers["Vary"] == "Accept-Encoding"
    assert headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=3600"
    assert "Set-Cookie" not in headers and "frame-ancestors" in headers["Content-Security-Policy"]
    plain = get(drawn.page("lang=fr"))
    assert gzip.decompress(content) == plain[2] and plain[1]["ETag"] == headers["ETag"]
    code, again, content = get(drawn.page("lang=fr"), If_None_Match=headers["ETag"])
    assert (code, content, again["ETag"]) == (304, b"", headers["ETag"])
    assert again["Cache-Control"] == headers["Cache-Control"]


def test_the_browsers_language_is_part_of_what_is_kept(drawn: Server) -> None:
    """Without `lang` a page differs by the browser's languages, and says so."""
    _, headers, content = get(drawn.page(), Accept_Language="es")
    assert headers["Vary"] == "Accept-Encoding, Accept-Language" and b'lang="es"' in content


def test_what_nobody_knows_is_dropped_and_not_kept(drawn: Server) -> None:
    """Any address is one of the views there are: the same page, the same validator."""
    known = get(drawn.page("lang=ru"))[1]["ETag"]
    assert get(drawn.page("lang=ru&x=1&convention=nothing&region=%00"))[1]["ETag"] == known
    assert get(drawn.page("lang=ru&convention=stockholm,rotterdam,ban,basel"))[1]["ETag"] == known


@pytest.mark.parametrize("language", ["en", "ar"])
def test_reading_starts_no_kernel(drawn: Server, window: Window, language: str) -> None:
    """The widget is drawn, and works, where no Python runs; no connection is opened to any."""
    tab = window()
    sockets: list[str] = []
    tab.on("websocket", lambda socket: sockets.append(socket.url))
    tab.goto(drawn.page(f"lang={language}"))
    figures = tab.locator(".chm-parties output")
    expect(figures).to_have_count(4)
    before = figures.all_inner_texts()
    tab.locator(".chm-parties select").select_option("009")
    expect(figures.first).not_to_have_text(before[0])
    expect(tab.locator("#loading")).to_have_count(0)
    # In the order in which Python gave them.
    assert tab.locator(".chm-parties input[type=checkbox]").evaluate_all("all => all.map(each => each.value)") == [
        *CONVENTIONS
    ]
    assert drawn.children == [] and sockets == []
    tab.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], None]:
    """Writes the cell of the dashboard `sample` anew."""
    (tmp_path / "data.csv").write_text("1")
    return lambda code: sample_notebook(tmp_path, code)


@pytest.fixture
def sample(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, write: Callable[[str], None]) -> Iterator[Server]:
    """A server of the one dashboard `sample`, which shows what is in a file of data."""
    write(
        "from IPython.display import HTML\nfrom pathlib import Path\nHTML('<b>%s</b>' % Path('data.csv').read_text())"
    )
    with serving(f"--Voila.root_dir={tmp_path}", pages=tmp_path_factory.mktemp("pages")) as server:
        yield server


def test_changed_data_and_code_make_a_new_page(sample: Server, tmp_path: Path, write: Callable[[str], None]) -> None:
    """The page follows the data, then the notebook; a notebook that fails leaves what was there."""
    address = sample.page("lang=zh", "sample")
    _, headers, content = get(address)
    assert b"<b>1</b>" in content
    (tmp_path / "data.csv").write_text("2")
    until(lambda: b"<b>2</b>" in get(address)[2])
    assert get(address, If_None_Match=headers["ETag"])[0] == 200
    write("1 / 0")
    write("from IPython.display import HTML\nHTML('<b>3</b>')")
    until(lambda: b"<b>3</b>" in get(address)[2])


def test_a_dashboard_that_fails_says_so_in_her_language(tmp_path: Path, write: Callable[[str], None]) -> None:
    """Nobody gets a blank page, half a page or a traceback, and no cache keeps it."""
    write("1 / 0")
    with serving(f"--Voila.root_dir={tmp_path}") as server:
        code, headers, content = get(server.page("lang=fr", "sample"))
    assert code == 503 and headers["Cache-Control"] == "no-store" and headers["Refresh"] == "60"
    text = content.decode()
    assert '<html lang="fr" dir="ltr">' in text and "ne peut pas être affichée" in text and "ZeroDivision" not in text


def test_whoever_comes_too_early_is_told_so(window: Window, tmp_path: Path, write: Callable[[str], None]) -> None:
    """A page that takes long says so, and opens by itself when it is there."""
    write("import time\nfrom IPython.display import HTML\ntime.sleep(12)\nHTML('<b>here</b>')")
    with serving(f"--Voila.root_dir={tmp_path}") as server:
        tab: Tab = window()
        tab.goto(server.page("lang=ar", "sample"))
        expect(tab.locator("html")).to_have_attribute("dir", "rtl")
        expect(tab.locator("main")).to_contain_text("يجري إعداد هذه الصفحة")
        expect(tab.locator("b")).to_have_text("here")
        tab.close()
