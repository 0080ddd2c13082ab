"""A dashboard whose widgets need Python: it is drawn without, and goes on with a kernel once it is touched."""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import ipywidgets
import pytest
from playwright.sync_api import Page, expect

from conventions.languages import LANGUAGES
from tests.conftest import Window
from tests.waiting import until
from tests.widgets.conftest import Server, sample_notebook, serving
from widgets.server.addresses import address_of
from widgets.server.drawn import CUSTOM, heard

CELL = """
import os

import ipywidgets
from IPython.display import display

number = ipywidgets.IntSlider(description="number", value=1, max=100)
quiet = ipywidgets.IntSlider(description="quiet", value=1, max=100)
said = ipywidgets.Label("untouched")
printed = ipywidgets.Output()
add = ipywidgets.Button(description="add")

def multiply(change):
    said.value = f"{number.value} × {quiet.value} = {number.value * quiet.value}"
    with printed:
        print("printed", number.value)

number.observe(multiply, "value")
add.on_click(lambda _: setattr(said, "value", f"{number.value} + {quiet.value} = {number.value + quiet.value}"))
end = ipywidgets.Button(description="end")
end.on_click(lambda _: os._exit(1))
display(ipywidgets.VBox([number, quiet, said, add, end, printed]))
"""


def living(folder: Path, *options: str, most_kernels: int = 12) -> Iterator[Server]:
    """A server of the one dashboard above, once it is drawn and rests."""
    sample_notebook(folder, CELL)
    with serving(f"--Voila.root_dir={folder}", *options, most_kernels=most_kernels) as server:
        server.rest(["sample"])
        yield server


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from living(tmp_path_factory.mktemp("live"), "--DashboardServer.most_of_one=2")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It has one place."""
    yield from living(tmp_path_factory.mktemp("small"), most_kernels=1)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It takes back what nobody has used for ten seconds."""
    idle = ("--MappingKernelManager.cull_idle_timeout=10", "--MappingKernelManager.cull_interval=1")
    yield from living(tmp_path_factory.mktemp("impatient"), *idle)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It gives each address one kernel and one new view a minute."""
    folder = tmp_path_factory.mktemp("slow")
    sample_notebook(folder, CELL)
    limits = ("--DashboardServer.starts_of_one=1", "--DashboardServer.views_of_one=1")
    with serving(f"--Voila.root_dir={folder}", *limits) as server:
        until(lambda: all(read(server, f"lang={code}", "ahead")[0] == 200 for code in LANGUAGES))
        until(lambda: not server.children)
        yield server


@pytest.fixture
def tab(window: Window) -> Page:
    return window()


def visit(tab: Page, server: Server, language: str = "en") -> Page:
    """The page with its widgets drawn."""
    tab.goto(server.page(f"lang={language}", "sample"))
    expect(tab.get_by_text("untouched")).to_be_visible()
    return tab


def touch(tab: Page, name: str, times: int = 1) -> None:
    """Move a slider by so many steps."""
    tab.locator(".widget-slider", has_text=name).get_by_role("slider").focus()
    for _ in range(times):
        tab.keyboard.press("ArrowRight")


def says(tab: Page, text: str) -> None:
    """The label that only Python can write."""
    expect(tab.locator(".widget-label", has_text=text)).to_be_visible()


def test_what_ends_kernels_is_given_up(live: Server, tab: Page) -> None:
    """A touch that ends its kernel, and then another, is not tried for ever; the page says so and stays."""
    visit(tab, live, "fr")
    tab.get_by_role("button", name="end").click()
    expect(tab.locator("#live")).to_contain_text("Ce calcul n’a pas pu être effectué")
    until(lambda: not live.children)
    touch(tab, "number")
    says(tab, "2 × 1 = 2")
    tab.goto("about:blank")
    until(lambda: not live.children)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_touched_page_goes_on_with_its_state(live: Server, tab: Page, language: str) -> None:
    """No kernel until Python has something to hear; it then knows what was done before, and ends with the visit."""
    visit(tab, live, language)
    touch(tab, "quiet", 3)
    expect(tab.locator(".widget-slider", has_text="quiet")).to_contain_text("4")
    assert live.children == []
    expect(tab.locator("#loading")).to_have_count(0)
    touch(tab, "number", 2)
    says(tab, "3 × 4 = 12")
    expect(tab.get_by_text("printed 3")).to_be_visible()
    assert len(live.children) == 1
    touch(tab, "quiet")
    tab.get_by_role("button", name="add").click()
    says(tab, "3 + 5 = 8")
    expect(tab.locator("#live")).to_be_empty()
    tab.goto("about:blank")
    until(lambda: not live.children)


def test_a_click_is_a_touch(live: Server, tab: Page) -> None:
    """What is no change of a value is heard, too."""
    visit(tab, live)
    tab.get_by_role("button", name="add").click()
    says(tab, "1 + 1 = 2")
    tab.goto("about:blank")
    until(lambda: not live.children)


def test_a_page_outlives_a_kernel_that_dies(live: Server, tab: Page) -> None:
    """What it had not done yet is done by another kernel, which is told what the page has said."""
    visit(tab, live)
    touch(tab, "quiet")
    touch(tab, "number")
    says(tab, "2 × 2 = 4")
    (kernel,) = live.children
    # It has not heard yet what it is told when it dies.
    os.kill(kernel, signal.SIGSTOP)
    touch(tab, "number")
    os.kill(kernel, signal.SIGKILL)
    says(tab, "3 × 2 = 6")
    touch(tab, "number")
    says(tab, "4 × 2 = 8")
    tab.goto("about:blank")
    until(lambda: not live.children)


def test_a_full_house_says_so_and_the_page_stays(small: Server, tab: Page, window: Window) -> None:
    """The next visitor reads in her language what is the matter; what needs no Python works; later she gets a place."""
    first = visit(window(), small)
    touch(first, "number")
    says(first, "2 × 1 = 2")
    visit(tab, small, "ru")
    touch(tab, "number")
    expect(tab.locator("#live")).to_contain_text("Все места для вычислений в реальном времени сейчас заняты")
    touch(tab, "quiet", 2)
    expect(tab.locator(".widget-slider", has_text="quiet")).to_contain_text("3")
    assert len(small.children) == 1
    first.close()
    until(lambda: not small.children)
    touch(tab, "number")
    says(tab, "3 × 3 = 9")
    expect(tab.locator("#live")).to_be_empty()


def test_what_nobody_uses_is_taken_back(impatient: Server, tab: Page) -> None:
    """An open page loses its kernel after a while, and the next touch goes on where it was."""
    visit(tab, impatient)
    touch(tab, "quiet")
    touch(tab, "number")
    says(tab, "2 × 2 = 4")
    until(lambda: not impatient.children)
    says(tab, "2 × 2 = 4")
    touch(tab, "number")
    says(tab, "3 × 2 = 6")


def read(server: Server, query: str, address: str) -> tuple[int, Message, str]:
    """Status, headers and content of a page, as a proxy fetches it for an address."""
    request = urllib.request.Request(server.page(query, "sample"), headers={"X-Forwarded-For": address})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_one_address_cannot_have_views_drawn_without_end(slow: Server) -> None:
    """The second new view has to wait and says so in her language; what is drawn is read by all, at once."""
    assert read(slow, "lang=fr&find=lead", "192.0.2.1")[0] == 200
    status, headers, page = read(slow, "lang=fr&find=mercury", "192.0.2.1")
    assert status == 429 and 1 <= int(headers["Retry-After"]) <= 60 and headers["Refresh"] == headers["Retry-After"]
    assert "De nombreuses vues différentes" in page and headers["Cache-Control"] == "no-store"
    assert read(slow, "lang=fr&find=lead", "192.0.2.1")[0] == read(slow, "lang=fr", "192.0.2.1")[0] == 200
    assert read(slow, "lang=fr&find=mercury", "192.0.2.2")[0] == 200


def test_one_address_cannot_start_kernels_without_end(slow: Server, tab: Page) -> None:
    """The second kernel within a minute is refused; the page says so in her language and goes on without."""
    visit(tab, slow, "es")
    touch(tab, "number")
    says(tab, "2 × 1 = 2")
    visit(tab, slow, "es")
    until(lambda: not slow.children)
    with tab.expect_response("**/voila/live/*") as answer:
        touch(tab, "number")
    assert answer.value.status == 429 and 1 <= int(answer.value.headers["retry-after"]) <= 60
    expect(tab.locator("#live")).to_contain_text("Desde su red se han solicitado muchos cálculos")
    touch(tab, "quiet", 2)
    expect(tab.locator(".widget-slider", has_text="quiet")).to_contain_text("3")
    assert slow.children == []


def ask(server: Server, name: str = "sample", kind: str = "application/json", **said: str) -> int:
    """The status of what a page's script asks for."""
    body = json.dumps({"version": "0" * 16, "models": "0" * 32, "lang": "en"} | said).encode()
    headers = {"Content-Type": kind, "X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    request = urllib.request.Request(f"{server.url}voila/live/{name}.ipynb", body, headers)
    try:
        return int(urllib.request.urlopen(request, timeout=60).status)
    except urllib.error.HTTPError as error:
        return error.code


def test_only_a_page_of_ours_gets_a_kernel(live: Server) -> None:
    """Another site cannot ask; a page whose widgets are not the kernel's is told so, and no kernel is left."""
    assert ask(live, kind="text/plain") == ask(live, version="';x") == ask(live, lang="x" * 1000) == 400
    assert ask(live, "nothing") == 404
    assert ask(live) == 409
    assert live.children == []


def test_one_address_cannot_take_all_places(live: Server, window: Window) -> None:
    """Two of one address, and a third is told that it is full."""
    tabs = [visit(window(), live) for _ in range(3)]
    for tab in tabs[:2]:
        touch(tab, "number")
        says(tab, "2 × 1 = 2")
    touch(tabs[2], "number")
    expect(tabs[2].locator("#live")).to_contain_text("All places for live calculations are taken")
    for tab in tabs:
        tab.close()
    until(lambda: not live.children)


def test_a_page_that_cannot_say_it_is_left_gives_its_place_back(live: Server, window: Window) -> None:
    """As when the browser is killed: the server sees that nobody is connected any more."""
    tab = window()
    tab.add_init_script("navigator.sendBeacon = () => true")
    touch(visit(tab, live), "number")
    says(tab, "2 × 1 = 2")
    assert len(live.children) == 1
    tab.close()
    until(lambda: not live.children)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("127.0.0.1", "203.0.113.9, 192.0.2.7", 1, "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.7", 2, "203.0.113.9"),
        ("127.0.0.1", "", 1, "127.0.0.1"),
        ("192.0.2.1", "192.0.2.7", 0, "192.0.2.1"),
        ("127.0.0.1", "<script>", 1, "127.0.0.1"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", 1, "2001:0db8:0001:0002"),
    ],
)
def test_an_address_is_what_our_own_proxy_says(peer: str, forwarded: str, proxies: int, address: str) -> None:
    """A visitor can write what she likes into the header; what our proxies add stands behind it."""
    assert address_of(peer, forwarded, proxies) == address


def test_what_python_hears() -> None:
    """Observers, handlers and overridden methods of whatever kind; and a widget that nobody listens to is not heard."""
    quiet, observed, all_of_it = (ipywidgets.IntSlider() for _ in range(3))
    observed.observe(print, "value")
    all_of_it.observe(print)
    linked, source = ipywidgets.Label(), ipywidgets.Text()
    ipywidgets.link((source, "value"), (linked, "value"))

    class Own(ipywidgets.IntSlider):
        def notify_change(self, change: object) -> None:
            super().notify_change(change)

    assert heard(quiet) == [] and heard(observed) == ["value"] and heard(linked) == ["value"]
    assert {"value", "max", "description"} <= set(heard(all_of_it)) and CUSTOM not in heard(all_of_it)
    assert heard(ipywidgets.Button()) == [CUSTOM] and {"value", CUSTOM} <= set(heard(Own()))
    observed.unobserve(print, "value")
    assert heard(observed) == []
