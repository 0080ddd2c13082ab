"""The pages around handed-in work: a file without any script, feedback, verification, and a person's grade."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from markupsafe import Markup
from sqlalchemy import select
from starlette.testclient import TestClient

import courses.exchange.pages
import courses.grading.pages
from courses.exchange import submissions
from courses.exchange.pages import FORM_BYTES
from courses.exchange.receipts import Signer
from courses.exchange.service import Exchange
from courses.exchange.shelf import FolderShelf
from courses.exchange.store import Store
from courses.exchange.submissions import State, Submission
from courses.grading.notebook_grader import NotebookGrader
from courses.grading.service import Grading
from courses.panels import PANELS
from courses.service import nobody
from expert_db.events import history, record
from expert_db.members import Role
from expert_db.visit import Visit
from hub_config.wiring import Part, Platform
from tests.courses.exchange_app import KEY
from tests.courses.notebooks import COURSE, GOOD, ITEM, SAID, answered, bad, release
from tests.hub_config import portal

PAGE = f"/courses/{COURSE}/{ITEM}/hand-in"
LIMIT = 200_000


def questions(_visit: Visit, _subject: str) -> Markup:
    return Markup("questions")


@dataclass(frozen=True)
class House:
    """The portal with the pages of this test, and what stands behind them."""

    running: Platform
    folder: Path
    grading: Grading

    def browser(self, name: str = "") -> TestClient:
        return portal.client(self.running, name)

    def hand_in(self, answers: dict[str, str], browser: TestClient | None = None, **fields: str) -> httpx.Response:
        files = {"notebook": ("task.ipynb", answered(self.folder / "courses", answers))}
        browser = browser or self.browser("amina")
        answer: httpx.Response = browser.post(PAGE, data={"csrf": "a-token", **fields}, files=files)
        return answer

    def graded(self, answers: dict[str, str]) -> str:
        """The number of a submission that the machine has graded."""
        number = self.hand_in(answers).headers["location"].rsplit("/", 1)[1]
        self.grading.grade(number)
        return number


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    release(tmp_path / "courses")
    running = portal.platform(tmp_path)
    shelf = FolderShelf(tmp_path / "courses")
    store = Store(running.database, tmp_path / "submissions", shelf, limit=LIMIT)
    grader = NotebookGrader(tmp_path / "gradebook", spare=0)
    grading = Grading(running.database, store, shelf, grader)
    exchange = Exchange(running.database, shelf, store, Signer(KEY), nobody)
    part = Part(
        "courses",
        routers=(courses.exchange.pages.router, courses.grading.pages.router),
        panels={name: panel for name, panel in PANELS.items() if name != "next"} | {"questions": questions},
        services={"exchange": exchange, "grading": grading},
    )
    running = portal.platform(tmp_path, parts=[part])
    portal.join(running.database, "amina", Role.OFFICER, "en")
    portal.join(running.database, "bo", Role.OFFICER, "en")
    portal.join(running.database, "centre", Role.CENTRE, "en")
    with running.database.session() as session:
        record(session, "enrolled", actor="amina", subject=f"course/{COURSE}")
    yield House(running, tmp_path, grading)
    grader.close()


def test_a_file_is_handed_in_without_any_script(house: House) -> None:
    """An upload is stored, and the page it leads to shows the receipt."""
    browser = house.browser("amina")
    answer = house.hand_in(GOOD, browser)
    assert answer.status_code == 303
    page = browser.get(answer.headers["location"])
    number = answer.headers["location"].rsplit("/", 1)[1]
    assert page.headers["refresh"] == "3"
    assert number in page.text
    assert f'href="/receipts/{number}"' in page.text


def test_a_double_click_hands_in_once(house: House) -> None:
    """A form sent twice leads to the same receipt."""
    places = {house.hand_in(GOOD, key="k1").headers["location"] for _ in range(2)}
    assert len(places) == 1


@pytest.mark.parametrize(("files", "code"), [({}, 400), ({"notebook": ("x.ipynb", b"")}, 400)])
def test_a_form_without_a_notebook_is_answered_with_what_to_do(
    house: House, files: dict[str, tuple[str, bytes]], code: int
) -> None:
    """No file, or an empty one, is said; nothing is stored."""
    answer = house.browser("amina").post(PAGE, data={"csrf": "a-token"}, files=files)
    assert answer.status_code == code
    with house.running.database.session() as session:
        assert not submissions.of(session, "amina")


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("expected", [*SAID])
def test_each_refusal_is_a_page_in_her_language(house: House, expected: str, language: str) -> None:
    """What is wrong with the file and what to do next; what she handed in before is still all there is."""
    kept = house.hand_in(GOOD).headers["location"].rsplit("/", 1)[1]
    files = {"notebook": ("task.ipynb", bad(house.folder / "courses", LIMIT + FORM_BYTES)[expected])}
    answer = house.browser("amina").post(PAGE, params={"lang": language}, data={"csrf": "a-token"}, files=files)
    text = html.unescape(answer.text)
    assert 400 <= answer.status_code < 500
    assert f'<html lang="{language}"' in text and expected in text
    for part in SAID[expected][language]:
        assert part.format(limit=LIMIT) in text
    with house.running.database.session() as session:
        assert [each.id for each in submissions.of(session, "amina")] == [kept]


def test_an_upload_without_its_length_is_bounded_too(house: House) -> None:
    """A form sent in pieces is refused by the size of its file."""
    start = (
        '--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\na-token\r\n--x\r\n'
        'Content-Disposition: form-data; name="notebook"; filename="task.ipynb"\r\n\r\n'
    )
    pieces = [start.encode(), b" " * (LIMIT + 7), b"\r\n--x--\r\n"]
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = house.browser("amina").post(PAGE, content=iter(pieces), headers=headers)
    assert answer.status_code == 413
    assert str(LIMIT + 7) in answer.text


def test_a_form_of_another_site_is_refused(house: House) -> None:
    """Without the visit's own token nothing is handed in."""
    files = {"notebook": ("x.ipynb", answered(house.folder / "courses", GOOD))}
    assert house.browser("amina").post(PAGE, data={"csrf": "wrong"}, files=files).status_code == 403


def test_a_file_over_the_limit_is_refused_unread(house: House) -> None:
    """The limit is told before anything is read."""
    files = {"notebook": ("x.ipynb", b"x" * 300_000)}
    assert house.browser("amina").post(PAGE, data={"csrf": "a-token"}, files=files).status_code == 413


def test_who_is_not_enrolled_cannot_hand_in(house: House) -> None:
    """Handing in needs enrolment on the page too."""
    assert house.hand_in(GOOD, house.browser("bo")).status_code == 403


def test_feedback_shows_scores_hints_and_what_to_do_next(house: House) -> None:
    """A failed test is told with the author's hint, and asking about it is one click away."""
    number = house.graded({**GOOD, "q1": "def threshold(amount):\n    return 'product'"})
    text = house.browser("amina").get(f"/learning/submissions/{number}").text
    assert "1.5 of 10 points" in text
    assert "waste ✗ → 1.3" in text
    assert f"/ask?subject=course/{COURSE}/assignment/{ITEM}" in text
    assert "threshold(2000)" not in text


def test_what_the_learner_printed_cannot_become_markup(house: House) -> None:
    """Output of a notebook is shown as text."""
    number = house.graded({**GOOD, "q1": GOOD["q1"] + "\nprint('<script>alert(1)</script>')"})
    text = house.browser("amina").get(f"/learning/submissions/{number}").text
    assert "&lt;script&gt;alert" in text
    assert "<script>alert" not in text


def test_a_submission_is_its_owners_alone(house: House) -> None:
    """Another member sees nothing, a stranger is sent to sign in."""
    number = house.graded(GOOD)
    assert house.browser("bo").get(f"/learning/submissions/{number}").status_code == 404
    assert house.browser().get(f"/learning/submissions/{number}").status_code == 303


def test_my_learning_tells_the_state_of_each_task(house: House) -> None:
    """Not started, handed in, feedback to read, read."""
    browser = house.browser("amina")
    assert "Not started" in browser.get("/learning").text
    number = house.graded(GOOD)
    assert "A person is reading it" in browser.get("/learning").text
    house.grading.grade_by_person(number, {"q3": (4, "")}, by="centre")
    assert "Feedback to read" in browser.get("/learning").text
    for _ in range(2):
        browser.get(f"/learning/submissions/{number}")
    assert "Feedback to read" not in browser.get("/learning").text
    with house.running.database.session() as session:
        assert len(list(history(session, kind="feedback_read"))) == 1


def test_a_receipt_is_public_without_the_name(house: House) -> None:
    """Anyone sees what was handed in and when; whose it is only she sees."""
    number = house.graded(GOOD)
    stranger = house.browser().get(f"/receipts/{number}").text
    assert number in stranger
    assert "amina" not in stranger
    assert "amina" in house.browser("amina").get(f"/receipts/{number}").text
    assert house.browser().get("/receipts/key").text.startswith("-----BEGIN PUBLIC KEY-----")


def test_a_shown_receipt_can_be_verified(house: House) -> None:
    """With the name and signature its holder shows, a stranger learns that it is genuine; with others, that not."""
    number = house.graded(GOOD)
    own = house.browser("amina").get(f"/receipts/{number}").text
    found = re.search(r"<code>([\w-]{86}==)</code>", own)
    assert found
    for name, word in (("amina", "Genuine"), ("bo", "Not genuine")):
        asked = house.browser().get(f"/receipts/{number}", params={"member": name, "signature": found[1]})
        assert word in asked.text


def test_a_person_grades_what_waits(house: House) -> None:
    """The centre finds it on the desk, reads the answer, gives score and comment; the learner reads both."""
    number = house.graded({**GOOD, "q3": "<b>Because</b>"})
    centre = house.browser("centre")
    assert f"/desk/grading/{number}" in centre.get("/desk/grading").text
    assert "&lt;b&gt;Because" in centre.get(f"/desk/grading/{number}").text
    fields = {"csrf": "a-token", "score-q3": "2,5", "comment-q3": "Name the article."}
    assert centre.post(f"/desk/grading/{number}", data=fields).status_code == 303
    text = house.browser("amina").get(f"/learning/submissions/{number}").text
    assert "8 of 10 points" in text
    assert "Name the article." in text
    assert number not in centre.get("/desk/grading").text


@pytest.mark.parametrize("score", ["", "5", "-1", "many", "nan"])
def test_a_wrong_score_is_said_beside_its_field(house: House, score: str) -> None:
    """The form comes back with what was written and what is wrong; nothing is saved."""
    number = house.graded(GOOD)
    fields = {"csrf": "a-token", "score-q3": score, "comment-q3": "Kept."}
    answer = house.browser("centre").post(f"/desk/grading/{number}", data=fields)
    assert answer.status_code == 400
    assert 'id="score-q3-error"' in answer.text
    assert "Kept." in answer.text
    with house.running.database.session() as session:
        assert submissions.find(session, number).state == State.NEEDS_PERSON


def test_the_desk_is_for_graders(house: House) -> None:
    """A learner grades nobody, herself included."""
    number = house.graded(GOOD)
    browser = house.browser("amina")
    fields = {"csrf": "a-token", "score-q3": "4"}
    assert browser.get("/desk/grading").status_code == 403
    assert browser.post(f"/desk/grading/{number}", data=fields).status_code == 403


def test_what_the_platform_could_not_grade_can_be_tried_again(house: House) -> None:
    """The desk shows it as failed, with a button that puts it back."""
    number = house.hand_in(GOOD).headers["location"].rsplit("/", 1)[1]
    with house.running.database.session() as session:
        submissions.find(session, number).state = State.FAILED
    centre = house.browser("centre")
    assert f"/desk/grading/{number}/again" in centre.get("/desk/grading").text
    centre.post(f"/desk/grading/{number}/again", data={"csrf": "a-token"})
    with house.running.database.session() as session:
        assert session.scalar(select(Submission.state)) == State.WAITING


@pytest.mark.parametrize("language", ["ar", "zh", "fr", "ru", "es"])
def test_every_page_speaks_every_language(house: House, language: str) -> None:
    """No sentence of these pages is left in English, and every place in it is filled."""
    number = house.graded(GOOD)
    for name, path in (
        ("amina", "/learning"),
        ("amina", f"/learning/submissions/{number}"),
        ("centre", "/desk/grading"),
        ("centre", f"/desk/grading/{number}"),
        ("", f"/receipts/{number}"),
    ):
        page = house.browser(name).get(path, params={"lang": language})
        assert page.status_code == 200
        assert f'lang="{language}"' in page.text
        assert "of 10 points" not in page.text
        assert "Receipt number" not in page.text
