"""A new course is something to begin with."""

from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from courses import check, seed


def test_a_new_course_passes_the_check(tmp_path: Path) -> None:
    """What an author starts from has a lesson, a graded task and no problem."""
    seed.plant(tmp_path, "plastic-waste")
    assert check.problems(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "code"), [("Bad Name", "course-name-bad"), ("grading", "course-name-bad"), ("a", "course-exists")]
)
def test_a_bad_or_taken_name_is_refused(tmp_path: Path, name: str, code: str) -> None:
    """Nothing is overwritten, and a name that could not be an address is not taken."""
    seed.plant(tmp_path, "a")
    with pytest.raises(ClearingHouseError) as refused:
        seed.plant(tmp_path, name)
    assert refused.value.code == code
