"""Anyone reads courses; a member enrols, opens and sees how far she is."""

from pathlib import Path

import pytest

from conventions.languages import LANGUAGES
from courses.rendering import render
from expert_db.events import history, record
from tests.courses import tiny
from tests.courses.front import CSRF, Front


@pytest.fixture
def front(tmp_path: Path) -> Front:
    made = Front(tmp_path)
    tiny.course(made.content)
    return made


@pytest.fixture
def released(front: Front) -> Front:
    front.courses.release_new(by="")
    return front


def test_the_list_says_what_to_do_when_nothing_is_released(front: Front) -> None:
    """Before the first release the page says so and leads to the data."""
    page = front.browser().get("/courses").text
    assert "No course is released yet" in page
    assert 'href="/dashboards"' in page


def test_the_list_shows_and_filters_courses(released: Front) -> None:
    """A course is listed with what one can do afterwards; a filter that none matches offers all again."""
    browser = released.browser(language="fr")
    assert "Un très petit cours" in browser.get("/courses").text
    assert "/courses/tiny" in browser.get("/courses?convention=basel&language=fr").text
    assert "/courses/tiny" not in browser.get("/courses?convention=stockholm").text
    assert "/courses/tiny" not in browser.get("/courses?language=zh").text


def test_a_course_is_open_to_all(released: Front) -> None:
    """Without an account one sees outcomes, items, version, source and threads."""
    page = released.browser().get("/courses/tiny").text
    for shown in (
        "Tell hazardous waste from other waste",
        "/courses/tiny/classify",
        "5 points",
        "1.0.0",
        "Basel Convention, Article 1",
        "[threads of course/tiny]",
        "/sign-in?next=/courses/tiny",
    ):
        assert shown in page


def test_text_that_is_not_in_her_language_is_marked(released: Front) -> None:
    """The summary has no French: it is shown in English and says so in the markup."""
    page = released.browser(language="fr").get("/courses/tiny").text
    assert '<span lang="en" dir="ltr">What it is about.</span>' in page
    assert '<span lang="fr" dir="ltr">Un très petit cours</span>' in page


def test_an_unknown_course_or_item_is_refused(released: Front) -> None:
    """What is not released is not there, with a stable code."""
    browser = released.browser()
    assert browser.get("/courses/other").json()["error"]["code"] == "course-unknown"
    assert browser.get("/courses/tiny/other").json()["error"]["code"] == "item-unknown"


def test_enrolling_twice_is_told_of_once(released: Front) -> None:
    """Enrolment needs a member and a form of this visit, and is one event however often it is sent."""
    assert released.browser().post("/courses/tiny/enrol", data={"csrf": CSRF}).status_code == 401
    amina = released.browser("amina")
    assert amina.post("/courses/tiny/enrol", data={"csrf": "x"}).status_code == 403
    for _ in range(2):
        assert amina.post("/courses/tiny/enrol", data={"csrf": CSRF}).headers["location"] == "/courses/tiny"
    with released.database.session() as session:
        assert len(list(history(session, kind="enrolled", actor="amina", subject="course/tiny"))) == 1


def test_a_lesson_is_read_in_her_language(released: Front) -> None:
    """French prose, English where it is missing and marked, code from left to right, no second title."""
    page = released.browser(language="fr").get("/courses/tiny/classify").text
    assert '<div class="prose" lang="fr" dir="ltr">' in page
    assert '<a href="https://www.basel.int/" rel="noopener noreferrer">l' in page
    assert '<div lang="en" dir="ltr">' in page
    assert '<pre class="code" dir="ltr"><code><span class="code-comment"># Cherchez le code.</span>' in page
    assert page.count("<h1>") == 1


def test_a_lesson_that_is_not_in_her_language_says_so(released: Front) -> None:
    """A reader of Chinese gets the English lesson, marked, and is told; she can choose another language."""
    page = released.browser(language="zh").get("/courses/tiny/classify").text
    assert '<div class="prose" lang="en" dir="ltr">' in page
    assert 'class="notice"' in page
    assert (
        '<div class="prose" lang="fr"' in released.browser(language="zh").get("/courses/tiny/classify?language=fr").text
    )


def test_a_task_has_its_panel_and_no_solution(released: Front) -> None:
    """The task's page has the place to hand in, and nothing that is kept from learners."""
    page = released.browser("amina").get("/courses/tiny/task").text
    assert "[task of course/tiny/assignment/task]" in page
    assert "# Write your code here." in page
    assert not any(secret in page for secret in ("B1110", "model answer", "code[0]"))


def test_long_code_is_folded_unless_it_is_an_answer() -> None:
    """Its summary is in the reader's language, not in the lesson's; short code and answers stay in sight."""
    long = "\n".join(f"x{n} = {n}" for n in range(9))
    answer = tiny.graded(tiny.code(long.replace("x", "answer_")), "answer", solution=True)
    made = tiny.book(tiny.prose("# T"), tiny.code(long), tiny.code("short = 1"), answer)
    page = str(render(made, LANGUAGES["en"], LANGUAGES["ar"]))
    folded = page.partition("<details>")[2].partition("</details>")[0]
    assert '<summary lang="ar" dir="rtl">شيفرة تُشغَّل كما هي (9 أسطر)</summary>' in folded
    assert page.count("<details>") == 1 and "x0" in folded
    assert "answer_" in page and "short" in page and "answer_" not in folded


def test_nothing_in_a_lesson_can_run_on_the_page(front: Front) -> None:
    """Scripts, handlers and scripted links in a notebook's Markdown do not reach the page."""
    bad = (
        '# T\n\n<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3)) <b class="button">x</b>'
    )
    tiny.write(front.content / "tiny/classify.ipynb", tiny.book(tiny.prose(bad), tiny.code("x = '</code><script>'")))
    (front.content / "tiny/locale/fr/classify.po").unlink()
    front.courses.release_new(by="")
    page = front.browser().get("/courses/tiny/classify").text
    assert not any(word in page for word in ("<script", "onerror", 'href="javascript', 'class="button">x'))


def test_opening_is_noted_once_and_leads_to_her_server(released: Front) -> None:
    """The way to Jupyter leaves one event, and the course shows the lesson as opened."""
    amina = released.browser("amina")
    for _ in range(2):
        answer = amina.get("/courses/tiny/classify/open")
        assert answer.headers["location"] == "/hub/user-redirect/chm/open/tiny/classify"
    with released.database.session() as session:
        assert len(list(history(session, kind="opened", subject="course/tiny/lesson/classify"))) == 1
    assert "Opened" in amina.get("/courses/tiny").text


def test_the_home_page_leads_on(released: Front) -> None:
    """First find a course, then the first lesson, then the task, then again find a course; for officers only."""
    amina = released.browser("amina")
    assert 'href="/courses"' in amina.get("/").text
    amina.post("/courses/tiny/enrol", data={"csrf": CSRF})
    assert 'href="/courses/tiny/classify">Continue' in amina.get("/").text
    amina.get("/courses/tiny/classify/open")
    assert 'href="/courses/tiny/task">Continue' in amina.get("/").text
    with released.database.session() as session:
        record(session, "submitted", actor="amina", subject="course/tiny/assignment/task")
    assert 'href="/courses"' in amina.get("/").text
    assert released.browser("centre").get("/").text.strip() == ""


def test_a_grade_counts_for_the_learner_it_is_of(released: Front) -> None:
    """The machine's grade of her work shows as hers; another learner's does not."""
    with released.database.session() as session:
        record(session, "graded", actor="", subject="course/tiny/assignment/task", member="amina")
    assert "Graded" in released.browser("amina").get("/courses/tiny").text
    assert "Graded" not in released.browser("sec").get("/courses/tiny").text


def test_all_done_says_so(released: Front) -> None:
    """Whoever opened each lesson and handed in each task is told that the course is done."""
    amina = released.browser("amina")
    amina.post("/courses/tiny/enrol", data={"csrf": CSRF})
    amina.get("/courses/tiny/classify/open")
    with released.database.session() as session:
        record(session, "submitted", actor="amina", subject="course/tiny/assignment/task")
    assert "You have done all of this course" in amina.get("/courses/tiny").text
