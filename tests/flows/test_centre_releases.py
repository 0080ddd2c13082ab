"""A regional centre releases: from an edit in JupyterLab to a new version, with the work on the old one kept."""

from pathlib import Path

import nbformat
import polib
from playwright.sync_api import Page, expect
from sqlalchemy import select

from courses.exchange.submissions import State, Submission
from tests.flows.conftest import Visitor
from tests.flows.people import Person
from tests.platform import RunningPlatform

ADDED = "Keep a copy of this page for your office."
IN_FRENCH = "Gardez une copie de cette page pour votre bureau."
VERSION = "1.1.0"


def hand_in_before(officer: Person, demo: RunningPlatform, file: Path) -> None:
    """Somebody hands in against the version that is out, without Jupyter: a file and a form."""
    released = demo.home / "courses" / "released" / "e-waste" / "1.0.0" / officer.language / "task.ipynb"
    notebook = nbformat.read(released, as_version=4)
    (answer,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "task-q4-answer"]
    answer.source = "Estimado colega: faltan las firmas y el contrato, artículo 6."
    nbformat.write(notebook, file)
    officer.open("/courses/e-waste/task")
    officer.page.locator("input[type=file]").set_input_files(file)
    officer.press("Hand in")
    officer.page.wait_for_url("**/learning/submissions/*")
    officer.sees_after_reload(officer.say("By question"))


def edit_in_jupyter(centre: Person) -> None:
    """Add a sentence to the lesson's first text, and save it to the desk."""
    centre.open("/desk/e-waste")
    row = centre.page.locator("li", has_text="Classify an item of e-waste")
    row.get_by_role("link", name="Edit").click()
    notebook = centre.page
    first = notebook.locator(".jp-MarkdownCell").first
    first.locator(".jp-RenderedMarkdown").dblclick()
    editor = first.locator(".cm-content")
    editor.click()
    expect(editor).to_be_focused()
    notebook.keyboard.press("Control+End")
    notebook.keyboard.insert_text(f"\n\n{ADDED}")
    expect(editor).to_contain_text(ADDED)
    notebook.locator("button.chm-save").click()
    said = notebook.get_by_role("alertdialog")
    expect(said).to_contain_text("Saved to the desk")


def upload(centre: Person, file: str, path: Path) -> None:
    centre.open("/desk/e-waste")
    centre.page.locator("select[name=file]").select_option(file)
    centre.page.locator("input[type=file]").set_input_files(path)
    centre.press("Upload")
    centre.page.wait_for_load_state()


def download(page: Page, file: str, path: Path) -> Path:
    link = page.locator("main").get_by_role("link", name=file, exact=True, include_hidden=True)
    if not link.is_visible():
        page.locator("main details", has_text=file).locator("summary").click()
    with page.expect_download() as got:
        link.click()
    got.value.save_as(path)
    return path


def matrix(centre: Person, language: str) -> str:
    """What the desk says of the lesson in a language."""
    centre.open("/desk/e-waste")
    table = centre.page.get_by_role("table", name="How much of each lesson and task is translated")
    column = table.get_by_role("columnheader").all_inner_texts().index(language)
    return table.get_by_role("row", name="Classify an item of e-waste").get_by_role("cell").nth(column - 1).inner_text()


def translate_to_french(centre: Person, folder: Path) -> None:
    """With the desk's PO file, as a translator does it with any gettext tool."""
    centre.open("/desk/e-waste")
    file = download(centre.page, "locale/fr/classify.po", folder / "classify.po")
    catalogue = polib.pofile(str(file))
    (entry,) = [each for each in catalogue if ADDED in each.msgid and not each.obsolete]
    entry.msgstr, entry.flags = IN_FRENCH, []
    catalogue.save(str(file))
    upload(centre, "locale/fr/classify.po", file)


def with_version(centre: Person, folder: Path, old: str, new: str) -> Path:
    centre.open("/desk/e-waste")
    file = download(centre.page, "course.toml", folder / "course.toml")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return file


def test_a_centre_releases(demo: RunningPlatform, visitor: Visitor, tmp_path: Path) -> None:
    """It edits, sees what is stale, is told what is wrong, translates, releases; old work is graded by its version."""
    learner, centre = visitor("officer-es", "es"), visitor("centre-1")
    hand_in_before(learner, demo, tmp_path / "task.ipynb")
    edit_in_jupyter(centre)

    assert [matrix(centre, language) for language in ("Arabic", "French")] == ["98%\n1 missing"] * 2

    # Nothing broken gets in: it is refused whole, and what was good before stays.
    broken = tmp_path / "broken.toml"
    broken.write_text("[course\nid = ", encoding="utf-8")
    upload(centre, "course.toml", broken)
    upload(centre, "course.toml", restore(centre, tmp_path))

    translate_to_french(centre, tmp_path)
    assert [matrix(centre, language) for language in ("Arabic", "French")] == ["98%\n1 missing", "100%"]
    upload(centre, "course.toml", with_version(centre, tmp_path, 'version = "1.0.0"', f'version = "{VERSION}"'))
    centre.open("/desk/e-waste/release")
    centre.press(f"Release version {VERSION}")
    centre.open("/courses/e-waste")
    centre.sees(VERSION)

    reader = visitor("officer-fr", "fr")
    reader.open("/courses/e-waste/classify")
    reader.sees(IN_FRENCH)
    grade_by_hand(centre, demo)
    learner.open("/learning")
    learner.page.locator("main a[href^='/learning/submissions/']").first.click()
    learner.sees("Bien pensado.")


def restore(centre: Person, folder: Path) -> Path:
    """The course's own description, from the version that is out."""
    centre.open("/desk/e-waste")
    file = download(centre.page, "course.toml", folder / "now.toml")
    assert "[course]" in file.read_text(encoding="utf-8")
    return file


def grade_by_hand(centre: Person, demo: RunningPlatform) -> None:
    """The question that a person judges, of the work handed in before the release."""
    with demo.database.session() as session:
        kept = session.scalars(select(Submission).where(Submission.member == "officer-es")).one()
    assert (kept.version, kept.state) == ("1.0.0", State.NEEDS_PERSON)
    centre.open(f"/desk/grading/{kept.id}")
    centre.page.locator("input[name^=score-]").fill("3")
    centre.page.locator("textarea[name^=comment-]").fill("Bien pensado.")
    centre.press("Give this grade")
    with demo.database.session() as session:
        assert session.get_one(Submission, kept.id).state == State.GRADED
