"""The course on e-waste: it can be released, it runs, it is graded right, and its translations lose nothing."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from conventions.languages import LANGUAGES, SOURCE
from courses import catalogue, check, edition, notebook, translation
from courses.units import parser, units
from widgets import questions

FOLDER = Path(__file__).resolve().parents[2] / "courses" / "content" / "e-waste"
COURSE = catalogue.read(FOLDER)
LESSONS = [item.id for item in COURSE.of_kind("lesson")]
ITEMS = [item.id for item in COURSE.items]
TRANSLATED = [code for code in LANGUAGES if code != SOURCE]

# What a learner who has understood a lesson writes, by cell: name and value.
RIGHT = {
    "classify-try-1": {"answer_1": "no", "answer_2": "yes", "answer_3": "yes"},
    "classify-try-2": {"answer_1": "A1181", "answer_2": "A1160", "answer_3": "Y49", "answer_4": "B1010"}
    | {"answer_5": "A1181"},
    "consent-try-1": {"answer_1": "yes", "answer_2": "no", "answer_3": "yes", "answer_4": "yes"},
    "consent-try-4": {"letter_1": "a", "letter_2": "d", "letter_3": "b", "letter_4": "c"},
    "notification-try-1": {"faults": "4, 7, 10, 13, 17, 21"},
    "notification-try-2": {"entry": "A1181", "y_number": "Y31", "h_number": "H12"},
    "notification-try-3": {"last_day": "2026-03-16"},
    "notification-try-4": {"steps_4": "3 2 5 4 1"},
    **{f"classify-check-{n}": {f"check_{n}": right} for n, right in enumerate(["1", "1", "2", "1", "2", "4 3 1 2"], 1)},
    **{f"consent-check-{n}": {f"check_{n}": right} for n, right in enumerate(["2", "1", "1", "90"], 1)},
    **{f"notification-check-{n}": {f"check_{n}": right} for n, right in enumerate(["1", "10", "1"], 1)},
}
PAIRS = {
    "consent-try-2": [
        ("consent", "6"),
        ("stop", "4A"),
        ("stop", "4(5)"),
        ("stop", "4(1)(b)"),
        ("free", "1"),
        ("agreement", "11"),
    ]
}
# Codes of annexes and decisions, and the Roman numbers of annexes with their names where the script has its own.
CODE = re.compile(r"\b(?:[ABDHRY]\d{1,4}|BC-\d+/\d+)\b", re.ASCII)
ANNEX = re.compile(r"(?<!State )\b(?:I{1,3}|IV|V|VII|VIII|IX)\b")
ORDINALS = {
    "ar": ["الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السابع", "الثامن", "التاسع"],
    "zh": ["一", "二", "三", "四", "五", "七", "八", "九"],
}
ROMAN = ["I", "II", "III", "IV", "V", "VII", "VIII", "IX"]


def source(item: str) -> NotebookNode:
    return notebook.read(FOLDER / COURSE.item(item).file)


def run(made: NotebookNode) -> str:
    """The notebook run in a kernel of its own; an error fails the test. Gives what it printed."""
    return printed(NotebookClient(made, timeout=60, kernel_name="python3").execute())


def states(done: NotebookNode) -> list[dict[str, Any]]:
    """What the widgets of a notebook that was run hold."""
    kept = done.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    return [model["state"] for model in kept.values()]


def printed(done: NotebookNode) -> str:
    """What a notebook that was run printed; it may not complain."""
    streams = [output for cell in done.cells for output in cell.get("outputs", []) if output.output_type == "stream"]
    assert all(stream.name == "stdout" for stream in streams)
    return "".join(stream.text for stream in streams)


def answered(made: NotebookNode) -> NotebookNode:
    """A lesson with the right answers written between the quotation marks."""
    for cell in made.cells:
        for name, value in RIGHT.get(cell.id, {}).items():
            assert f'{name} = ""' in cell.source
            cell.source = cell.source.replace(f'{name} = ""', f'{name} = "{value}"')
        for number, (result, basis) in enumerate(PAIRS.get(cell.id, []), 1):
            assert f'basis_{number} = "", ""' in cell.source
            cell.source = cell.source.replace(f'basis_{number} = "", ""', f'basis_{number} = "{result}", "{basis}"')
    return made


# --- the source ----------------------------------------------------------------------------------------------


def test_the_course_has_no_problem() -> None:
    """The platform's own check finds nothing, so the course can be released."""
    assert [str(problem) for problem in check.course_problems(FOLDER)] == []


@pytest.mark.parametrize("item", ITEMS)
def test_a_notebook_is_valid_and_easy_to_keep(item: str) -> None:
    """Each notebook is valid, says in its cells' ids where they belong, and is 15 to 30 cells long."""
    made = source(item)
    nbformat.validate(made)
    assert all(cell.id.startswith(f"{item}-") for cell in made.cells)
    assert 15 <= len(made.cells) <= 30


@pytest.mark.parametrize("item", ITEMS)
def test_the_text_is_accessible(item: str) -> None:
    """Headings come in order, each table has a full header row, and the only HTML isolates a code."""
    tokens = list(parser().parse("\n\n".join(c.source for c in source(item).cells if c.cell_type == "markdown")))
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    headers = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "th_open"]
    assert all(headers)
    tags = [child.content for token in tokens for child in token.children or () if child.type == "html_inline"]
    assert set(tags) <= {"<bdi>", "</bdi>"}
    assert not [token for token in tokens if token.type == "html_block"]


@pytest.mark.parametrize("item", ITEMS)
def test_it_says_what_it_is_and_what_it_stands_on(item: str) -> None:
    """Each notebook says that it is no legal advice and as of when; each lesson ends with its sources."""
    made = source(item)
    assert "not legal advice" in made.cells[0].source
    assert "23 November 2026" in made.cells[0].source
    assert item not in LESSONS or made.cells[-1].source.startswith("## Sources\n")


# --- the lessons ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", LESSONS)
def test_a_lesson_runs_before_anything_is_answered(item: str) -> None:
    """A lesson that a learner only runs gives no error, and tells no answer right or wrong."""
    printed = run(source(item))
    assert "…" in printed
    assert not set("✓✗") & set(printed)


@pytest.mark.parametrize("item", LESSONS)
def test_the_right_answers_are_told_right(item: str) -> None:
    """With the answers the lesson teaches, every line is right."""
    printed = run(answered(source(item)))
    assert "✓" in printed
    assert not set("✗…") & set(printed)


def in_language(item: str, language: str) -> NotebookNode:
    """An item as its translation makes it."""
    file = translation.read(translation.path(FOLDER, language, item), language)
    return source(item) if language == SOURCE else translation.translate(source(item), file, language)


@pytest.mark.parametrize("item", LESSONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_the_same_in_each_language(item: str, language: str) -> None:
    """It says which language it is in, and has as many answers, and the same right one, as the English question."""
    for cell, english in zip(in_language(item, language).cells, source(item).cells, strict=True):
        if questions.marked(cell.source) == "question":
            made, asked = questions.question(cell.source), questions.question(english.source)
            assert (made.language, made.right) == (language, asked.right) and made.reason
            assert [len(one) for one in made.lists] == [len(one) for one in asked.lists]


@pytest.mark.parametrize("item", LESSONS)
@pytest.mark.parametrize("language", [SOURCE, "ar"])
def test_questions_are_asked_and_counted(item: str, language: str) -> None:
    """Right answers are told right by every widget, in her language, and the progress counts them all."""
    made = in_language(item, language)
    done = NotebookClient(answered(made), timeout=60, kernel_name="python3").execute()
    asked = [state for state in states(done) if "verdict" in state]
    assert len(asked) == sum(questions.marked(cell.source) == "question" for cell in made.cells) > 0
    assert {state["page"]["language"] for state in asked} == {language}
    assert [state["page"]["text"] for state in asked if state["verdict"]["state"] != "right"] == []
    (progress,) = [state for state in states(done) if "rows" in state]
    assert [row["done"] for row in progress["rows"]] == [row["total"] for row in progress["rows"]]
    assert progress["page"]["language"] == language


def test_answers_typed_on_another_keyboard_count() -> None:
    """Cyrillic look-alikes, full-width letters and Arabic digits are understood; a wrong answer names its section."""
    made = source("classify")
    cell = next(cell for cell in made.cells if cell.id == "classify-try-2")
    for number, value in enumerate(["А1181", "A١١٦٠", "Ｙ４９", " b1010 ", "Y49"], 1):
        cell.source = cell.source.replace(f'answer_{number} = ""', f'answer_{number} = "{value}"')
    printed = run(made)
    assert printed.count("✓") == 4
    assert "5 Y49 ✗ → 2" in printed


# --- the graded task -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grades(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float | None]]:
    """Points by learner and cell, as nbgrader itself gives them; `None` waits for a person.

    `full` has the model solution, `some` half of it on the Arabic edition, `none` handed in what was released.
    """
    root = tmp_path_factory.mktemp("nbgrader")
    _put(root / "source" / "task", source("task"))
    with pytest.MonkeyPatch.context() as environment:
        # nbgrader starts `alembic`, which stands beside the interpreter.
        environment.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        api = NbGraderAPI(config=_config(root))
        assert api.generate_assignment("task", create=True)["success"]
        released = notebook.read(root / "release" / "task" / "task.ipynb")
        for learner, made in {"full": _solved(released), "some": _half(_edition("ar")), "none": released}.items():
            _put(root / "submitted" / learner / "task", made)
            assert api.autograde("task", learner)["success"]
        return _points(root)


def _points(root: Path) -> dict[str, dict[str, float | None]]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        return {
            one.student.id: {
                grade.name: None if grade.needs_manual_grade else grade.score
                for handed_in in one.notebooks
                for grade in handed_in.grades
            }
            for one in book.assignment_submissions("task")
        }


def _config(root: Path) -> Config:
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "e-waste"
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
    return config


def _put(folder: Path, made: NotebookNode) -> None:
    folder.mkdir(parents=True)
    (folder / "task.ipynb").write_text(notebook.dump(made), encoding="utf-8")


def _edition(language: str) -> NotebookNode:
    """The task as the platform releases it in a language."""
    file = translation.read(translation.path(FOLDER, language, "task"), language)
    made = translation.translate(source("task"), file, language)
    return edition.for_learner(made, COURSE, COURSE.item("task"), language)


def _solved(released: NotebookNode) -> NotebookNode:
    solutions = {cell.id: cell.source for cell in source("task").cells if notebook.grading(cell).get("solution")}
    made = deepcopy(released)
    for cell in made.cells:
        cell.source = solutions.get(cell.id, cell.source)
    return made


def _half(released: NotebookNode) -> NotebookNode:
    """Some answers right and some wrong; the line that nbgrader leaves in the answer cells is still there."""
    answers: dict[str, dict[str, object]] = {
        "task-q1-answer": {"item_a": "А1181", "item_b": "Y49", "item_c": "Y49", "item_d": "A1160", "item_e": "Y49"},
        "task-q2-answer": {f"result_{x}, basis_{x}": ("consent", "6") for x in "abcde"},
        "task-q3-answer": {"faults": "3 12 7"},
    }
    for cell in released.cells:
        lines = [f"{name} = {value!r}" for name, value in answers.get(cell.id, {}).items()]
        cell.source = "\n".join([*lines, cell.source.split("\n")[-1]]) if lines else cell.source
    return released


AUTOMATIC = ("task-q1-form", "task-q1-test", "task-q2-form", "task-q2-test", "task-q3-form", "task-q3-test")


def test_the_task_counts_twenty_points() -> None:
    """Fifteen points are given by tests and five by a person."""
    marks = {cell.id: notebook.grading(cell).get("points", 0) for cell in source("task").cells}
    assert sum(marks[name] for name in AUTOMATIC) == 15
    assert marks["task-q4-answer"] == 5
    assert notebook.points(source("task")) == 20


def test_the_model_solution_gets_all_points(grades: dict[str, dict[str, float | None]]) -> None:
    """The solution in the source earns all that tests can give; the written answer waits for a person."""
    assert [grades["full"][name] for name in AUTOMATIC] == [1, 4, 1, 4, 1, 4]
    assert grades["full"]["task-q4-answer"] is None


def test_an_untouched_task_gets_nothing(grades: dict[str, dict[str, float | None]]) -> None:
    """Handing in what was released earns nothing anywhere, the written answer included."""
    assert set(grades["none"].values()) == {0}


def test_part_of_it_gets_part_of_the_points(grades: dict[str, dict[str, float | None]]) -> None:
    """Each right answer counts, in the Arabic edition as in the English one; a wrong number takes off a right one."""
    assert [grades["some"][name] for name in AUTOMATIC] == [1, 2.4, 1, 0.8, 1, 1]


def test_nothing_of_the_solution_reaches_the_learner() -> None:
    """In every language the released task has neither the model answers nor the hidden tests."""
    for language in LANGUAGES:
        answers = [cell.source for cell in _edition(language).cells if notebook.grading(cell).get("solution")]
        tests = [cell.source for cell in _edition(language).cells if notebook.is_test(cell)]
        assert not any(re.search(r"A1160|4A|3 12|Article 6", text) for text in answers)
        assert not any("right" in text for text in tests)


# --- the translations ----------------------------------------------------------------------------------------


def pairs(item: str, language: str) -> Iterator[tuple[str, str]]:
    """Every text of an item with its translation."""
    made = source(item)
    shown = translation.sound(made, translation.read(translation.path(FOLDER, language, item), language))
    return ((unit.text, shown[(unit.cell, unit.text)]) for unit in units(made))


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("item", ITEMS)
def test_an_item_is_translated_whole(item: str, language: str) -> None:
    """Every text is translated and sound, and the file holds no text that the notebook does not have."""
    file = translation.read(translation.path(FOLDER, language, item), language)
    covered = translation.coverage(source(item), file)
    assert (covered.stale, covered.missing) == (0, 0)
    wanted = {(unit.cell, unit.text) for unit in units(source(item))}
    assert {(entry.msgctxt, entry.msgid) for entry in file} == wanted


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("item", ITEMS)
def test_a_translation_keeps_numbers_codes_and_annexes(item: str, language: str) -> None:
    """No number, waste code, decision or annex of the English text is lost in a translation."""
    names = dict(zip(ROMAN, ORDINALS.get(language, ROMAN), strict=True))
    for english, text in pairs(item, language):
        assert not Counter(re.findall(r"\d+", english)) - Counter(re.findall(r"\d+", text)), text
        assert not Counter(CODE.findall(english)) - Counter(CODE.findall(text)), text
        assert all(names[number] in text for number in ANNEX.findall(english)), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_was_left_in_english(language: str) -> None:
    """A text is the same in two languages only where it is a single international word, such as "Sources"."""
    same = [text for item in ITEMS for text, given in pairs(item, language) if text == given]
    assert all(len(text.split()) == 1 for text in same)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_course_describes_itself_in_each_language(language: str) -> None:
    """Title, summary, outcomes and the titles of items are there in each language."""
    texts = [COURSE.title, COURSE.summary, *(item.title for item in COURSE.items)]
    assert all(language in text for text in texts)
    assert len(COURSE.outcomes[language]) == len(COURSE.outcomes[SOURCE])  # type: ignore[index]
