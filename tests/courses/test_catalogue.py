"""What a course says of itself is read strictly."""

from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from courses import catalogue
from tests.courses import tiny


def faults(tmp_path: Path, toml: str) -> list[str]:
    return [str(problem) for problem in catalogue.parse(tiny.course(tmp_path, toml))[1]]


def test_a_course_is_read_with_its_items_in_order(tmp_path: Path) -> None:
    """Lessons and assignments become items of one course, with their kinds and subjects."""
    course = catalogue.read(tiny.course(tmp_path))
    assert [(item.kind, item.id) for item in course.items] == [("lesson", "classify"), ("assignment", "task")]
    assert course.subject_of(course.item("task")) == "course/tiny/assignment/task"
    assert course.title["fr"] == "Un très petit cours"


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    """An unknown key, a bad value and a missing English title are reported together, each by its key."""
    toml = tiny.TOML.replace('level = "introductory"', 'level = "easy"\ncolour = "red"').replace(
        'title = { en = "Classify three shipments" }', 'title = { fr = "Classez" }'
    )
    found = faults(tmp_path, toml)
    assert len(found) == 3
    assert any("course.colour" in line for line in found)
    assert any("course.level" in line and "'easy'" in line for line in found)
    assert any("assignment.0.title" in line and "English" in line for line in found)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[course]", "[course", "not TOML"),
        ('version = "1.0.0"', 'version = "one"', "course.version"),
        ('id = "task"', 'id = "classify"', "Two items have classify"),
        ('id = "task"', 'id = "Task 1"', "assignment.0.id"),
        ('file = "task.ipynb"', 'file = "gone.ipynb"', "gone.ipynb"),
        ('file = "task.ipynb"', 'file = "../task.ipynb"', "assignment.0.file"),
        ('id = "tiny"', 'id = "grading"', "course.id"),
        ('id = "tiny"', 'id = "other"', "the folder is tiny"),
        ("hours = 1.5", "", "course.hours"),
        ('fr = "Un très petit cours"', 'de = "Ein Kurs"', "course.title.de"),
    ],
)
def test_a_bad_value_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    """Each kind of mistake is found, and the message names the key or the value."""
    [found] = faults(tmp_path, tiny.TOML.replace(old, new, 1))
    assert named in found


def test_reading_a_bad_course_raises(tmp_path: Path) -> None:
    """`read` gives no half course: it raises `course-bad`."""
    with pytest.raises(ClearingHouseError) as refused:
        catalogue.read(tiny.course(tmp_path, "nonsense"))
    assert refused.value.code == "course-bad"
