"""All widgets in one notebook, in English and Arabic, in the real JupyterLab, Notebook 7 and Voila."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, TimeoutError, expect

from conventions.texts import ROOT
from tests.conftest import PHONE, Window
from tests.courses.learners_server import TOKEN, learners_server
from tests.waiting import until
from tests.widgets.conftest import running
from tests.widgets.test_views import AXE

IMPORTS = f"""import sys; sys.path.insert(0, {str(ROOT)!r})
from conventions.plastics import trade
from widgets.asked import Asked
from widgets.bubbles import BubbleMap
from widgets.chemicals import Chemicals
from widgets.finder import Finder
from widgets.flows import Flows
from widgets.pickers import CodePicker, PlacePicker
from widgets.plastics import Plastics
from widgets.progress import steps
from widgets.quiz import choose, match, number, order
from widgets.ratifications import Ratifications
from widgets.reporting import Reporting"""
LIST = "#\n# - One\n# - Two\n# - Three\n"
QUESTIONS = {
    'choose({v}, right="2", step=1)': LIST,
    'match({v}, right="2 1 3", step=1)': LIST * 2,
    'order({v}, right="2 1 3", step=2)': LIST,
    'number({v}, right="90", within="0.5", step=2)': "",
}
VIEWS = ("Finder", "PlacePicker", "CodePicker", "Ratifications", "Reporting", "Flows", "Chemicals", "Plastics")
MAP = 'BubbleMap(Asked("{l}"), trade().query("year == 2018 and country != \'\'"), "exports", title="A", label="t")'
PARTS = ".chm-parts, .chm-parties"
LANGUAGES = ("en", "ar")
COUNT = len(LANGUAGES) * (1 + len(QUESTIONS) + len(VIEWS) + 1)


def cells(language: str) -> list[str]:
    """A cell for each widget."""
    asked = [
        f'#| question: {language}\n# Which of these is it?\n{lists}#\n# See Article 1.\n{v} = ""\n{call.format(v=v)}'
        for v, (call, lists) in zip("abcd", QUESTIONS.items(), strict=True)
    ]
    steps = f"#| steps: {language}\n# - First\n# - Second\nsteps(2, 2)"
    return [steps, *asked, *(f"{view}(Asked('{language}'))" for view in VIEWS), MAP.format(l=language)]


def notebook(folder: Path) -> Path:
    """The notebook with all of them, not yet run."""
    made = [new_code_cell(code) for code in (IMPORTS, *cells("en"), *cells("ar"))]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / "all.ipynb"
    nbformat.write(new_notebook(cells=made, metadata=kernel), path)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return notebook(tmp_path_factory.mktemp("home")).parent


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[str]:
    """A learner's own server; nothing is handed in, so no exchange is there."""
    with learners_server(home, "http://127.0.0.1:9", language="en") as address:
        yield address


def run_all(page: Page, server: str) -> None:
    """As a learner does it, from the menu; what is asked before the kernel is there is forgotten, so ask again."""
    expect(page.locator(".jp-Notebook")).to_be_visible()
    until(lambda: any(kernel["connections"] for kernel in page.request.get(f"{server}api/kernels").json()))

    def begun() -> bool:
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            page.locator(".jp-InputPrompt", has_text=re.compile(r"[0-9]")).first.wait_for(timeout=10_000)
        except TimeoutError:
            return False
        return True

    until(begun)


def all_shown(page: Page) -> None:
    """Every widget is there with something to see, in its direction, and no cell failed."""
    parts = page.locator(PARTS)
    expect(parts).to_have_count(COUNT)
    for part in parts.all():
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        assert box and box["width"] > 200 and box["height"] > 40
    directions = parts.evaluate_all("(all) => all.map((each) => [each.lang, getComputedStyle(each).direction])")
    assert directions == [["en", "ltr"]] * (COUNT // 2) + [["ar", "rtl"]] * (COUNT // 2)
    assert (
        page.locator(
            "[data-mime-type='application/vnd.jupyter.error'], .jp-RenderedText[data-mime-type$=stderr]"
        ).count()
        == 0
    )
    assert page.locator("path.land").count() == 2 * len(LANGUAGES)


def quiz(page: Page, place: int) -> Locator:
    """The English question in this place."""
    return page.locator(".chm-quiz[lang=en]").nth(place)


def test_jupyterlab_shows_all_and_keeps_an_answer_in_its_cell(page: Page, server: str, home: Path) -> None:
    """A choice by keyboard is judged, counted, written into the cell's own text, and there after saving."""
    page.goto(f"{server}lab/tree/all.ipynb?token={TOKEN}")
    run_all(page, server)
    all_shown(page)
    question = quiz(page, 0)
    question.get_by_role("radio", name="One").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(question.get_by_role("status")).to_have_text("✗ Not yet. Try once more.")
    expect(page.locator(".chm-progress[lang=en] .summary")).to_have_text("0 of 4 questions done. 1 to try once more.")
    question.get_by_role("radio", name="One").press("ArrowDown")
    page.keyboard.press("Enter")
    expect(question.get_by_role("status")).to_have_text("✓ Right.")
    expect(question).to_contain_text("See Article 1.")
    expect(question).to_contain_text("Your answer is kept in this notebook.")
    expect(page.locator(".chm-progress[lang=en] .summary")).to_have_text("1 of 4 questions done.")
    page.keyboard.press("Control+s")
    until(lambda: 'a = "2"\n' in kept(home, 2))
    assert 'a = ""\n' in kept(home, 2 + COUNT // 2)


def kept(home: Path, place: int) -> list[str]:
    """The lines of a cell as they are on the disk; none while Jupyter writes the notebook, which it does in place."""
    try:
        lines: list[str] = json.loads((home / "all.ipynb").read_text(encoding="utf-8"))["cells"][place]["source"]
    except json.JSONDecodeError:
        return []
    return lines


def test_notebook_7_shows_all_and_an_order_is_made_by_keyboard(page: Page, server: str) -> None:
    """The focus stays on the button that moved a step, and its new place is said."""
    page.goto(f"{server}notebooks/all.ipynb?token={TOKEN}")
    run_all(page, server)
    all_shown(page)
    question = quiz(page, 2)
    question.get_by_role("button", name="Down: One").press("Enter")
    expect(question.get_by_role("status")).to_have_text("Place 2")
    expect(question.get_by_role("button", name="Down: One")).to_be_focused()
    question.get_by_role("button", name="Check my answer").press("Enter")
    expect(question.get_by_role("status")).to_have_text("✓ Right.")


def test_voila_shows_all_on_a_phone(window: Window, home: Path) -> None:
    """Nothing is wider than the phone; a number is judged, and it is said that the page does not keep it."""
    page = window(viewport=PHONE, bypass_csp=True)
    with running([sys.executable, "-m", "voila", str(home / "all.ipynb"), "--no-browser"], "/") as plain:
        page.goto(plain.url)
        all_shown(page)
        question = quiz(page, 3)
        field = question.get_by_role("textbox")
        field.fill("many")
        field.press("Enter")
        expect(question.get_by_role("status")).to_contain_text("many is no answer to this question. Write a number.")
        field.fill("٩٠٫٤")
        field.press("Enter")
        expect(question.get_by_role("status")).to_have_text("✓ Right.")
        expect(question).to_contain_text("Your answer is kept until this page is closed.")
        matched = quiz(page, 1)
        for item, option in (("One", "Two"), ("Two", "One"), ("Three", "Two")):
            matched.get_by_label(item, exact=True).select_option(label=option)
        matched.get_by_role("button", name="Check my answer").press("Enter")
        expect(matched.get_by_role("status")).to_have_text("✗ 2 of 3 are right. Try once more.")
        expect(page.locator(".chm-progress[lang=en] .summary")).to_have_text(
            "1 of 4 questions done. 1 to try once more."
        )
        wide = page.locator(PARTS).evaluate_all("(all) => all.filter((one) => one.scrollWidth > innerWidth).length")
        assert wide == 0
        serious(page)


def serious(page: Page) -> None:
    """The axe finds no serious violation in any widget."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('.chm-parts', {resultTypes: ['violations']})")
    bad = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"]) for each in bad] == []
