"""An officer learns: from signing up in her language to talking with her mentor in the linked thread."""

import hashlib
import re

import nbformat
from playwright.sync_api import Page, expect

from conventions.texts import ROOT
from courses.exchange.submissions import Submission
from expert_db.events import history
from tests.flows.conftest import Visitor
from tests.flows.people import PASSWORD, Person
from tests.platform import RunningPlatform

TASK = "course/e-waste/assignment/task"
TITLE = "Accord de l'État de transit resté sans réponse"
TEXT = (
    "Le consentement préalable en connaissance de cause est donné par l'État d'importation. L'autorité compétente de "
    "l'État de transit n'a pas répondu au document de notification : le mouvement peut-il commencer ?"
)
HAPPENED = ["joined", "approved", "enrolled", "opened", "submitted", "graded", "asked", "proposed", "matched"]


def model_answer(grade_id: str) -> str:
    """What the course's authors answer in a cell, from the source that learners never see."""
    source = nbformat.read(ROOT / "courses" / "content" / "e-waste" / "task.ipynb", as_version=4)
    (cell,) = [c for c in source.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    found = re.search(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
    assert found
    return found[1]


def answer_first_question(notebook: Page) -> None:
    """Write the right answer into the first question's cell, as one does: mark all, type."""
    cell = notebook.locator(".jp-CodeCell", has_text="item_a").first.locator(".cm-content")
    cell.click()
    notebook.keyboard.press("Control+A")
    notebook.keyboard.insert_text(model_answer("task-q1-answer"))


def sign_up(officer: Person) -> None:
    officer.open("/hub/signup")
    officer.fill(name=officer.name, password=PASSWORD, again=PASSWORD, full_name="Mariama Sow")
    officer.fill(country="SN", organisation="Ministère de l'environnement", role="officer", language="fr")
    officer.press("Send the request")
    expect(officer.page.locator("form input[name=again]")).to_have_count(0)


def work_and_hand_in(officer: Person) -> str:
    """From the course to the receipt that the notebook shows; the receipt's number."""
    officer.open("/courses/e-waste")
    officer.press("Enrol")
    officer.open("/courses/e-waste/task")
    officer.press("Open in Jupyter")
    notebook = officer.page
    expect(notebook.locator(".jp-Notebook")).to_contain_text("Devoir noté")
    answer_first_question(notebook)
    notebook.locator("button.chm-hand-in").click()
    receipt = notebook.get_by_role("alertdialog")
    expect(receipt).to_contain_text(officer.say("Receipt number"))
    return receipt_number(receipt.locator("a.chm-receipt").get_attribute("href"))


def test_an_officer_learns(demo: RunningPlatform, visitor: Visitor) -> None:
    """She joins, is let in, learns in French, is graded, asks, and finds a mentor to talk with."""
    officer, secretariat, mentor = visitor("mariama", "fr"), visitor("secretariat"), visitor("expert-1", "fr")
    sign_up(officer)

    secretariat.open("/network")
    row = secretariat.page.locator("li", has_text="Mariama Sow")
    row.get_by_role("button", name="Accept").click()
    secretariat.page.wait_for_load_state()

    officer.sign_in()
    kept_byte_for_byte(demo, number := work_and_hand_in(officer))

    officer.open(f"/learning/submissions/{number}")
    officer.sees_after_reload(officer.say("By question"))
    expect(officer.page.locator("main")).to_contain_text(re.compile(r"5[\s\u202f\xa0]*/[\s\u202f\xa0]*20|5 .*20"))
    assert officer.page.locator("html").get_attribute("lang") == "fr"

    officer.press("Ask about this")
    officer.fill(title=TITLE, text=TEXT)
    officer.press("See what already answers it")
    # The demo holds a question on the same in French and one in Arabic on notifications: both are shown first.
    expect(officer.page.locator("ul.rows")).to_contain_text("Consentement pour des cartes de circuits imprimés")
    expect(officer.page.locator("ul.rows [lang=ar]").first).to_be_visible()
    officer.page.get_by_label(officer.say("Also find me a mentor for this")).check()
    officer.press("Post my question")
    officer.sees_after_reload(TITLE)

    officer.open("/mentor")
    officer.sees_after_reload("Nadia Ben Salah")
    officer.press("Accept this mentor")
    mentor.open("/requests")
    mentor.sees_after_reload("Mariama Sow")
    mentor.press("Accept this learner")

    officer.open("/mentor")
    officer.sees_after_reload(officer.say("Open our conversation"))
    officer.press("Open our conversation")
    thread = officer.page.url
    write(officer, "Bonjour, merci de m'accompagner. Par quel article dois-je commencer ?")
    mentor.page.goto(thread)
    mentor.sees_after_reload("Par quel article dois-je commencer")
    write(mentor, "Commencez par l'article 6, paragraphe 4, qui traite de l'État de transit.")
    officer.sees_after_reload("qui traite de l'État de transit")

    stranger = visitor("officer-zh", "zh")
    answered = stranger.page.goto(thread)
    assert answered and answered.status in (403, 404)
    told(demo)


def receipt_number(address: str | None) -> str:
    assert address
    return address.rsplit("/", 1)[1]


def kept_byte_for_byte(demo: RunningPlatform, number: str) -> None:
    """The receipt's hash is that of the file in her home and of what the exchange stored."""
    with demo.database.session() as session:
        kept = session.get_one(Submission, number)
    file = demo.home / "homes" / "mariama" / "e-waste" / "task.ipynb"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == kept.sha256
    stored = [p.read_bytes() for p in (demo.home / "submissions").rglob("*.ipynb")]
    assert file.read_bytes() in stored


def write(person: Person, text: str) -> None:
    person.fill(text=text)
    person.press("Post my answer")
    person.sees_after_reload(text)


def told(demo: RunningPlatform) -> None:
    """The log tells of it all, in this order."""
    with demo.database.session() as session:
        hers = [e.kind for e in history(session) if "mariama" in (e.actor, *map(str, e.data.values()), e.subject[7:])]
        kinds = [kind for kind in dict.fromkeys(hers) if kind in HAPPENED]
    assert kinds == HAPPENED, kinds
