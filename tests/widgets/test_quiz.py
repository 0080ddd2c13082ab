"""Questions as widgets, and the progress they report: what is said, kept and counted."""

from collections.abc import Iterator
from typing import Any

import pytest

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from widgets import progress
from widgets.progress import ALL_DONE, Progress, report
from widgets.questions import Question, Steps
from widgets.quiz import TEXTS, Quiz, choose

CHOICE = Question("en", "choose", "answer", "Which?", (("One", "Two"),), "See Article 1.", "2", step=1)
ORDER = Question("en", "order", "place", "In which order?", (("One", "Two", "Three"),), "", "3 2 1", step=1)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """No test sees what another answered."""
    progress._reported.clear()
    yield
    progress._reported.clear()


def test_an_answer_is_judged_kept_and_counted() -> None:
    """Wrong, then right: the sentence, the variable of the notebook and the progress follow."""
    lesson, namespace = Progress(Steps("en", ("First",), (2,))), {}  # type: ignore[var-annotated]
    quiz = Quiz(CHOICE, "", namespace)
    assert quiz.verdict["state"] == "open" and lesson.said == "0 of 2 questions done."
    quiz.answer = "1"
    assert (quiz.verdict["state"], quiz.verdict["said"]) == ("wrong", "Not yet. Try once more.")
    assert lesson.said == "0 of 2 questions done. 1 to try once more."
    quiz.answer = "2"
    assert (quiz.verdict["state"], namespace) == ("right", {"answer": "2"})
    assert lesson.rows == [{"title": "First", "done": 1, "total": 2, "said": "1 of 2"}]
    report(1, "another", "right")
    assert lesson.said == f"2 of 2 questions done. {ALL_DONE}"


def test_what_the_cell_holds_already_is_an_answer() -> None:
    """A notebook that is opened anew and run says what it said."""
    assert Quiz(CHOICE, "2").verdict["state"] == "right"
    assert Quiz(ORDER, "3 1 2").verdict["said"] == "1 of 3 are right. Try once more."


@pytest.mark.parametrize("given", ["3", "<script>", 'x"; import os', "9" * 99])
def test_what_is_no_answer_is_said_and_not_kept(given: str) -> None:
    """Whatever a browser sends."""
    namespace: dict[str, Any] = {}
    quiz = Quiz(CHOICE, "", namespace)
    quiz.answer = given
    assert (quiz.verdict["state"], quiz.verdict["kept"], namespace) == ("bad", "", {"answer": ""})
    assert given in quiz.verdict["said"]


def test_a_graded_question_only_records() -> None:
    """Without a right answer nothing of one goes to the browser, and nothing is judged."""
    graded = Question("en", "choose", "answer", "Which?", (("One", "Two"),))
    namespace: dict[str, Any] = {}
    quiz = Quiz(graded, "", namespace)
    quiz.answer = "1"
    assert (quiz.verdict["state"], quiz.verdict["said"], namespace) == ("recorded", "Recorded: 1", {"answer": "1"})
    assert quiz.page["graded"] and "right" not in quiz.page
    assert "right" not in Quiz(CHOICE).page


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_word_is_translated(language: str) -> None:
    """Buttons and sentences are in the language of the question."""
    mine = Quiz(Question(language, "choose", "a", "?", (("1", "2"),), "", "2"), "1")
    assert {key for key, text in mine.page["texts"].items() if text == TEXTS[key]} <= {"place"}
    assert mine.verdict["said"] != "Not yet. Try once more."
    assert mine.page["direction"] == LANGUAGES[language].direction
    assert Progress(Steps(language, ("a",), (1,))).said != "0 of 1 questions done."


def test_outside_a_cell_nothing_is_asked() -> None:
    """A call without a question beside it says what is missing."""
    with pytest.raises(ClearingHouseError, match="does not begin with"):
        choose("")
