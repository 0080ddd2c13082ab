"""Handing in from the notebook itself: a real browser on a real Jupyter server that speaks to a real exchange."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Window
from tests.courses.exchange_app import enrol
from tests.courses.learners_server import TOKEN, learners_server
from tests.courses.notebooks import COURSE, GOOD, ITEM, LESSON, answered, release
from tests.courses.processes import service

AMINA = {"Authorization": "Bearer token-amina"}


@dataclass(frozen=True)
class Amina:
    """A learner: her server's address, her home, and the exchange as she can ask it."""

    server: str
    home: Path
    exchange: str
    courses: Path

    def handed_in(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = httpx.get(f"{self.exchange}/submissions", headers=AMINA).json()
        return found


@pytest.fixture(scope="module")
def amina(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Amina]:
    platform, home = tmp_path_factory.mktemp("platform"), tmp_path_factory.mktemp("amina")
    release(platform / "courses")
    enrol(platform, "amina")
    with (
        service(platform) as (exchange, _),
        learners_server(home, exchange, language="fr") as server,
    ):
        yield Amina(server, home, exchange, platform / "courses")


def open_item(page: Page, amina: Amina, item: str) -> None:
    page.goto(f"{amina.server}chm/open/{COURSE}/{item}?token={TOKEN}")
    expect(page.locator(".jp-Notebook")).to_be_visible()


def test_opening_shows_the_notebook_and_handing_in_shows_the_receipt(window: Window, amina: Amina) -> None:
    """From the portal's link to the receipt, by keyboard: the file that is stored is the file on her server."""
    page = window(language="fr-FR")
    open_item(page, amina, ITEM)
    assert f"/notebooks/{COURSE}/{ITEM}.ipynb" in page.url
    # The last to come; JupyterLab may move the focus within a toolbar that still grows.
    expect(page.locator(".voilaRender")).to_be_visible()
    page.locator(".chm-hand-in").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    (stored,) = amina.handed_in()
    expect(dialog).to_contain_text(str(stored["id"]))
    link = dialog.get_by_role("link")
    expect(link).to_have_attribute("href", f"/learning/submissions/{stored['id']}")
    assert page.evaluate("document.activeElement.className") == "chm-close"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert "chm-hand-in" in page.evaluate("document.activeElement.className")


def test_the_button_is_there_in_jupyterlab_too(window: Window, amina: Amina) -> None:
    """In JupyterLab the same button is in the notebook's toolbar, in her language; on a lesson there is none."""
    page = window(language="fr-FR")
    open_item(page, amina, LESSON)
    expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible()
    page.goto(f"{amina.server}lab/tree/{COURSE}/{ITEM}.ipynb?reset")
    expect(page.locator(".chm-hand-in")).to_be_visible()
    expect(page.locator(".chm-hand-in")).to_have_text("Remettre")


def test_there_is_no_button_on_a_lesson(window: Window, amina: Amina) -> None:
    """What cannot be handed in offers no button for it."""
    page = window(language="fr-FR")
    open_item(page, amina, LESSON)
    page.wait_for_function("document.querySelectorAll('.jp-Toolbar-item').length > 3")
    expect(page.locator(".chm-hand-in")).to_have_count(0)


def test_arabic_prose_begins_at_the_right_and_its_code_stays_whole(window: Window, amina: Amina) -> None:
    """JupyterLab's own style aligns all prose to the left and lets code be reordered; here neither happens."""
    page = window(language="fr-FR")
    open_item(page, amina, LESSON)
    page.wait_for_function("document.querySelectorAll('.jp-Toolbar-item').length > 3")
    found = page.evaluate("""() => {
      const cell = document.createElement('div');
      cell.className = 'jp-RenderedHTMLCommon jp-RenderedMarkdown';
      cell.innerHTML = '<div dir="rtl"><p>نص <code>f()</code></p></div>';
      document.body.append(cell);
      const [p, code] = ['p', 'code'].map((tag) => getComputedStyle(cell.querySelector(tag)));
      return [p.textAlign, p.direction, code.direction, code.unicodeBidi];
    }""")
    assert found == ["start", "rtl", "ltr", "isolate"]


def test_a_refusal_is_shown_and_announced(window: Window, amina: Amina) -> None:
    """A notebook with a cell missing is refused in a dialog that names the cell; her file stays."""
    broken = json.loads(answered(amina.courses, GOOD, language="fr"))
    broken["cells"] = [cell for cell in broken["cells"] if cell["id"] != "q3"]
    path = amina.home / COURSE / "broken.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(broken))
    page = window(language="fr-FR")
    page.goto(f"{amina.server}notebooks/{COURSE}/broken.ipynb?token={TOKEN}")
    page.locator(".chm-hand-in").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("(q3)")
    assert path.exists()


def signed_in(amina: Amina) -> httpx.Client:
    return httpx.Client(base_url=amina.server, headers={"Authorization": f"token {TOKEN}"}, timeout=30)


def test_the_hubs_token_never_reaches_the_browser(amina: Amina) -> None:
    """No answer under `chm/` holds the token that her server speaks to the platform with."""
    with signed_in(amina) as browser:
        query = {"course": COURSE, "item": ITEM}
        for answer in (browser.get("chm/words"), browser.get("chm/hand-in", params=query)):
            assert answer.status_code == 200
            assert "token-amina" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("path", ["chm/words", f"chm/open/{COURSE}/{ITEM}", "chm/hand-in?course=a&item=b"])
def test_strangers_are_sent_to_sign_in(amina: Amina, path: str) -> None:
    """Whoever has no session of hers gets nothing."""
    assert httpx.get(amina.server + path).status_code in {302, 403}
    assert httpx.post(f"{amina.server}chm/hand-in", json={"path": "x.ipynb"}).status_code == 403


@pytest.mark.parametrize("path", ["../secret.ipynb", "/etc/passwd", "nothing.ipynb", ""])
def test_only_notebooks_of_her_folder_can_be_handed_in(amina: Amina, path: str) -> None:
    """A path that leads elsewhere is refused."""
    (amina.home.parent / "secret.ipynb").write_text("{}")
    with signed_in(amina) as browser:
        answer = browser.post("chm/hand-in", json={"path": path})
    assert answer.json()["error"]["code"] == "path-unknown"


def test_an_unknown_item_is_said_in_a_page_of_her_language(amina: Amina) -> None:
    """A link to what is not released leads to a sentence, not to an error of the server."""
    with signed_in(amina) as browser:
        answer = browser.get(f"chm/open/{COURSE}/nothing")
    assert answer.status_code == 409
    assert '<html lang="fr" dir="ltr">' in answer.text


def test_saving_to_the_desk_needs_a_notebook_from_the_desk(amina: Amina) -> None:
    """A notebook that was not opened from the author's desk is not sent there."""
    path = amina.home / "authoring" / COURSE / "mine.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    with signed_in(amina) as browser:
        answer = browser.post("chm/author/save", json={"path": str(path.relative_to(amina.home))})
    assert answer.json()["error"]["code"] == "not-authoring"
