"""Grading: honest work gets what it deserves, in any language and version, and a person adds what is left."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from conventions.errors import ClearingHouseError
from courses.exchange import submissions
from courses.exchange.shelf import FolderShelf
from courses.exchange.store import Store
from courses.exchange.submissions import State
from courses.grading import grades
from courses.grading.grade import Grade, Judged, Question
from courses.grading.kernel import Limits, Started
from courses.grading.notebook_grader import NotebookGrader
from courses.grading.service import Grading
from expert_db.database import Base, Database
from expert_db.events import history
from tests.courses.exchange_app import enrol
from tests.courses.notebooks import COURSE, GOOD, ITEM, answered, release, source
from tests.waiting import until

Work = Callable[..., dict[str, Question]]
LIMITS = Limits(cell_seconds=4, all_seconds=40, memory=800_000_000, output=200_000)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grading")
    release(folder / "courses")
    enrol(folder, "amina")
    return folder


@pytest.fixture(scope="module")
def grader(home: Path) -> Iterator[NotebookGrader]:
    grader = NotebookGrader(home / "courses" / "gradebook", limits=LIMITS)
    grader.start()
    yield grader
    grader.close()


@pytest.fixture
def work(home: Path, grader: NotebookGrader) -> Work:
    """Grades what a learner wrote; her questions by the cell's id."""

    def run(answers: dict[str, str], change: Callable[..., None] | None = None, **place: str) -> dict[str, Question]:
        content = answered(home / "courses", answers, change, **place)
        return {question.grade_id: question for question in graded(home, grader, content, **place).questions}

    return run


def graded(
    home: Path, grader: NotebookGrader, content: bytes, *, language: str = "en", version: str = "1.0.0"
) -> Grade:
    shelf = FolderShelf(home / "courses")
    return grader.grade(
        course=COURSE,
        item=ITEM,
        version=version,
        member="amina",
        source=shelf.source(COURSE, ITEM, version),
        student=shelf.student(COURSE, ITEM, language, version),
        submitted=content,
    )


def test_honest_work_gets_full_partial_and_waiting_scores(work: Work) -> None:
    """A passed test gives all its points, a number gives itself, an essay waits for a person."""
    found = work(GOOD)
    assert (found["q1-test"].score, found["q1-test"].judged) == (4, Judged.MACHINE)
    assert (found["q2-test"].score, found["q2-test"].maximum) == (1.5, 2)
    assert (found["q3"].score, found["q3"].judged) == (0, Judged.NEEDS_PERSON)


def test_a_failed_hidden_test_tells_the_authors_sentence_and_nothing_else(work: Work) -> None:
    """She reads the author's hint and the heading, and no line of the test."""
    found = work({**GOOD, "q1": "def threshold(amount):\n    return 'product'"})
    question = found["q1-test"]
    assert (question.score, question.reason, question.hint) == (0, "failed-test", "waste ✗ → 1.3")
    assert question.title == "Question 1"
    assert "2000" not in str(question)


def test_an_error_is_named(work: Work) -> None:
    """A test that stops with an error says which, and the learner sees what her own cell printed."""
    found = work({**GOOD, "q1": "print('I was here')"})
    assert (found["q1-test"].reason, found["q1-test"].detail) == ("error", "NameError")
    assert found["q1-test"].outputs == ["I was here\n"]


def test_what_was_not_answered_gets_nothing_in_any_language(work: Work) -> None:
    """A copy handed in as it was given has no points and nothing for a person to read, in French as in English."""
    for language in ("en", "fr"):
        found = work({}, language=language)
        assert [question.score for question in found.values()] == [0, 0, 0]
        assert (found["q3"].judged, found["q3"].reason) == (Judged.MACHINE, "no-answer")


def test_a_warning_takes_no_points(work: Work) -> None:
    """What is written to standard error while a test runs is no failure."""
    noisy = (
        "import sys\ndef threshold(a):\n    print('!', file=sys.stderr)\n    return 'waste' if a > 1000 else 'product'"
    )
    assert work({**GOOD, "q1": noisy})["q1-test"].score == 4


def test_names_of_builtins_may_be_used_as_variables(work: Work) -> None:
    """A learner's variable called `all` or `len` spoils neither the tests nor her own later cells."""
    found = work({**GOOD, "q1": GOOD["q1"] + "\nlen, all = 3, 4", "q2": "share = len - all + 2.5"})
    assert (found["q1-test"].score, found["q2-test"].score) == (4, 1.5)


def test_titles_are_in_her_language(home: Path, work: Work) -> None:
    """The headings of the copy that she worked in name the questions."""
    assert "Question 3" in work(GOOD, language="fr")["q3"].title
    assert home.exists()


def test_work_on_an_earlier_version_is_graded_by_that_version(home: Path, work: Work) -> None:
    """After a release that asks more, earlier work is still worth what it was."""
    stricter = source()
    stricter.cells[2].source = "assert threshold(1) == 'waste'"
    release(home / "courses", "2.0.0", stricter)
    assert work(GOOD, version="1.0.0")["q1-test"].score == 4
    assert work(GOOD, version="2.0.0")["q1-test"].score == 0


def test_the_gradebook_is_nbgraders_own(home: Path, work: Work) -> None:
    """Authors find scores where nbgrader keeps them, by version."""
    work(GOOD)
    with Gradebook(f"sqlite:///{home}/courses/gradebook/{COURSE}.sqlite", COURSE) as book:
        submission = book.find_submission(f"{ITEM}@1.0.0", "amina")
        assert (submission.score, submission.max_score) == (5.5, 10)
        assert submission.needs_manual_grade


# --- the service -------------------------------------------------------------------------------------------


@pytest.fixture
def service(home: Path, tmp_path: Path, grader: NotebookGrader) -> Grading:
    database = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    enrol(tmp_path, "amina")
    Base.metadata.create_all(database.engine)
    shelf = FolderShelf(home / "courses")
    store = Store(database, tmp_path / "submissions", shelf)
    return Grading(database, store, shelf, grader, retry_after=timedelta(0))


def hand_in(service: Grading, home: Path, answers: dict[str, str]) -> str:
    content = answered(home / "courses", answers)
    return service.store.submit("amina", COURSE, ITEM, content).id


def test_a_submission_is_graded_once_with_its_event(
    service: Grading, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Grade, state and event are written together, and grading again changes nothing; the log tells of one grading."""
    caplog.set_level(logging.INFO)
    number = hand_in(service, home, GOOD)
    assert service.grade(number) is service.grade(number) is State.NEEDS_PERSON
    with service.database.session() as session:
        (event,) = history(session, kind="graded")
        assert (event.data["member"], event.data["score"], event.data["partial"]) == ("amina", 5.5, True)
        assert grades.of(session, number)
    (told,) = [record for record in map(vars, caplog.records) if record.get("event") == "graded"]
    assert (told["course"], told["assignment"]) == (COURSE, ITEM) and told["seconds"] > 0


def test_what_waited_before_the_start_is_graded_after_it(service: Grading, home: Path) -> None:
    """A restart loses nothing: what waits is found again, and soon graded."""
    number = hand_in(service, home, GOOD)
    service.start()
    until(lambda: state(service, number) != State.WAITING)
    service.stop()
    assert state(service, number) == State.NEEDS_PERSON


def state(service: Grading, number: str) -> State:
    with service.database.session() as session:
        return submissions.find(session, number).state


def test_a_person_completes_the_grade(service: Grading, home: Path) -> None:
    """The centre's score and comment make the grade whole; the event says who gave it."""
    number = hand_in(service, home, GOOD)
    service.grade(number)
    grade = service.grade_by_person(number, {"q3": (3.0, "Well argued.")}, by="centre-na")
    assert (grade.score, grade.needs_person) == (8.5, False)
    assert state(service, number) == State.GRADED
    with service.database.session() as session:
        events = list(history(session, kind="graded"))
    assert [event.actor for event in events] == ["", "centre-na"]


@pytest.mark.parametrize("score", [-0.5, 4.5, float("nan"), float("inf")])
def test_a_score_out_of_range_is_refused_whole(service: Grading, home: Path, score: float) -> None:
    """No score below nothing, above the maximum or that is no number gets into a grade."""
    number = hand_in(service, home, GOOD)
    service.grade(number)
    with pytest.raises(ClearingHouseError, match="Question 3"):
        service.grade_by_person(number, {"q3": (score, "")}, by="centre-na")
    assert state(service, number) == State.NEEDS_PERSON


def test_a_failing_machine_is_tried_again_and_then_said(home: Path, tmp_path: Path) -> None:
    """When no kernel can be started the submission waits for another try, and in the end is said to have failed."""
    database = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    enrol(tmp_path, "amina")
    shelf = FolderShelf(home / "courses")
    broken = NotebookGrader(tmp_path / "gradebook", lambda _argv, *place: Started(["false"], *place), LIMITS, spare=0)
    store = Store(database, tmp_path / "submissions", shelf)
    service = Grading(database, store, shelf, broken, retry_after=timedelta(0))
    number = hand_in(service, home, GOOD)
    assert [service.grade(number) for _ in range(4)] == [State.WAITING] * 3 + [State.FAILED]
    service.try_again(number)
    assert state(service, number) == State.WAITING


def test_a_question_knows_its_json(work: Work) -> None:
    """A grade comes out of the database as it went in."""
    grade = Grade(list(work(GOOD).values()))
    assert Grade.from_json(grade.as_json()) == grade
