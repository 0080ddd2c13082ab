"""The check finds every problem at once, with its path."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from conventions.texts import texts
from courses import check
from tests.courses import tiny

Break = Callable[[NotebookNode], object]


def found(content: Path) -> list[str]:
    return [str(problem) for problem in check.problems(content)]


def test_a_good_course_has_no_problems(tmp_path: Path) -> None:
    """The tiny course passes, though half of it is not translated."""
    tiny.course(tmp_path)
    assert found(tmp_path) == []


def _code(source: str) -> Break:
    return lambda made: made.cells[1].update(source=source)


LESSON: list[tuple[Break, str]] = [
    (lambda made: made.cells[1].update(execution_count=3), "tiny/classify.ipynb: c1: There is output left"),
    (lambda made: made.cells[1].update(id="c0"), "tiny/classify.ipynb: c0: 2 cells have this id"),
    (lambda made: made.metadata.kernelspec.update(name="ir"), "metadata.kernelspec: The kernel is ir"),
    (_code("x = = 1"), "c1: This code cannot run"),
    (_code("x = " + "-" * 100_000 + "1"), "c1: This code cannot run"),
    (_code("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), "c1: A lesson is not graded"),
    (_code("### END SOLUTION"), "c1: Each BEGIN SOLUTION needs one END SOLUTION"),
]
TASK: list[tuple[Break, str]] = [
    (lambda made: made.cells[2].metadata.nbgrader.update(grade_id="answer"), "answer: 2 cells have this grade_id"),
    (lambda made: made.cells[2].metadata.nbgrader.pop("points"), "c2: What nbgrader says of this cell is wrong"),
    (lambda made: made.cells[2].metadata.nbgrader.update(schema_version=1), "c2: What nbgrader says of this cell"),
    (_code("def answer(): ..."), "c1: This solution has no ### BEGIN SOLUTION"),
    (lambda made: made.cells[2].metadata.pop("nbgrader"), "c2: There is a HIDDEN TESTS in a cell"),
    (lambda made: made.cells[1].metadata.update(nbgrader=3), "tiny/task.ipynb: task.ipynb is not a valid notebook"),
    (lambda made: made.cells[2].metadata.nbgrader.update(points="3"), "task.ipynb is not a valid notebook"),
    (lambda made: [cell.metadata.pop("nbgrader") for cell in made.cells], "The assignment has no points"),
    (_code("### AUTOTEST answer\n### BEGIN SOLUTION\n### END SOLUTION"), "c1: AUTOTEST is not supported"),
]


@pytest.mark.parametrize(
    ("name", "damage", "named"),
    [("classify", *case) for case in LESSON] + [("task", *case) for case in TASK],
)
def test_a_mistake_in_a_notebook_is_found(tmp_path: Path, name: str, damage: Break, named: str) -> None:
    """Each kind of mistake in a notebook is reported with its file and cell."""
    folder = tiny.course(tmp_path)
    made = {"classify": tiny.lesson, "task": tiny.task}[name]()
    damage(made)
    (folder / f"{name}.ipynb").write_text(json.dumps(made))
    assert any(named in line for line in found(tmp_path)), found(tmp_path)


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    """A broken notebook, a broken PO file, a stray file, a missing citation and a broken course: all in one go."""
    folder = tiny.course(tmp_path)
    (folder / "classify.ipynb").write_text("{")
    (folder / "locale/fr/task.po").write_text('msgid "a"\nnonsense\n')
    (folder / "locale/fr/old.po").write_text("")
    text = tiny.TOML.replace("[[course.citations]]", "[[lesson]]", 0)
    start, end = text.index("[[course.citations]]"), text.index("[[lesson]]")
    (folder / "course.toml").write_text(text[:start] + text[end:])
    (tmp_path / "empty").mkdir()
    lines = found(tmp_path)
    assert [line.split(":")[0] for line in lines] == [
        "empty/course.toml",
        "tiny/course.toml",
        "tiny/locale/fr/old.po",
        "tiny/classify.ipynb",
        "tiny/locale/fr/task.po",
    ]


def test_a_lost_link_blocks_and_a_stale_text_does_not(tmp_path: Path) -> None:
    """What would mislead a learner blocks a release; what is only out of date is shown in English instead."""
    folder = tiny.course(tmp_path)
    file = folder / "locale/fr/classify.po"
    file.write_text(
        file.read_text().replace("l'article 1](https://www.basel.int/)", "l'article 1](https://other.example/)")
    )
    [lost] = check.problems(tmp_path)
    assert lost.blocks
    assert lost.place.startswith("Read [Article 1]")
    changed = tiny.lesson()
    changed.cells[0].source = changed.cells[0].source.replace("Is it waste?", "Is this waste?")
    tiny.write(folder / "classify.ipynb", changed)
    stale = [problem for problem in check.problems(tmp_path) if not problem.blocks]
    assert [problem.place for problem in stale] == ["Is this waste?"]
    assert texts("en")(stale[0].message) == stale[0].sentence(texts("en"))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('version = "1.0.0"', 'version = "٣.0.0"', "course.version"),
        ('version = "1.0.0"', f'version = "{"9" * 300}.0.0"', "course.version"),
        ("hours = 1.5", "hours = inf", "course.hours"),
        ('convention = "basel"', 'convention = "{basel}"', "course.convention"),
    ],
)
def test_a_value_that_could_not_be_used_is_named(tmp_path: Path, old: str, new: str, place: str) -> None:
    """Digits of other scripts, numbers without end and braces are said with the key they stand at."""
    tiny.course(tmp_path, tiny.TOML.replace(old, new))
    [problem] = check.problems(tmp_path)
    assert (problem.path, problem.place) == ("tiny/course.toml", place)
    assert problem.blocks


def test_a_folder_where_a_file_should_be_is_a_problem(tmp_path: Path) -> None:
    """A translation that is a folder is named as one that cannot be read."""
    folder = tiny.course(tmp_path)
    (folder / "locale/fr/task.po").mkdir()
    assert [line.split(":")[0] for line in found(tmp_path)] == ["tiny/locale/fr/task.po"]
