"""A release is whole, immutable, the same in six languages, and shows no learner a solution."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.utils import compute_checksum

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from courses import notebook
from courses.edition import Released
from courses.release import Press, Release, earlier
from expert_db.database import Base, Database
from expert_db.events import history
from tests.courses import tiny


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    Base.metadata.create_all(made.engine)
    yield made
    made.close()


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "courses")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.course(tmp_path / "content")


def raise_version(folder: Path, version: str) -> None:
    (folder / "course.toml").write_text(tiny.TOML.replace("1.0.0", version))


def test_learners_get_every_item_in_every_language(database: Database, press: Press, folder: Path) -> None:
    """Six languages, each notebook valid and naming its course, item, version and language."""
    press.release(database, folder, by="centre")
    for code in LANGUAGES:
        for item in ("classify", "task"):
            made = notebook.read(press.released / "tiny/1.0.0" / code / f"{item}.ipynb")
            assert made.metadata.chm.language == code
            assert (made.metadata.chm.course, made.metadata.chm.item, made.metadata.chm.version) == (
                "tiny",
                item,
                "1.0.0",
            )
    assert "Est-ce un déchet ?" in (press.released / "tiny/1.0.0/fr/classify.ipynb").read_text()


def test_no_learner_sees_a_solution_or_a_hidden_test(database: Database, press: Press, folder: Path) -> None:
    """Nothing that nbgrader takes out is under `released`; all of it is in the grader's copy, which is private."""
    press.release(database, folder, by="centre")
    secrets = ('code[0] == \\"A\\"', "B1110", "The model answer", "HIDDEN")
    for path in press.released.rglob("*.*"):
        assert not any(secret in path.read_text() for secret in secrets if path.is_file()), path
    private = (press.source / "tiny/1.0.0/task.ipynb").read_text()
    assert all(secret in private for secret in secrets)
    assert press.source.stat().st_mode & 0o077 == 0


def test_cells_are_locked_and_checksums_are_of_the_translated_cells(
    database: Database, press: Press, folder: Path
) -> None:
    """nbgrader finds its own checksums right in every language, and the tests cannot be edited."""
    press.release(database, folder, by="centre")
    for code in LANGUAGES:
        made = notebook.read(press.released / "tiny/1.0.0" / code / "task.ipynb")
        for cell in made.cells:
            assert cell.metadata.nbgrader.checksum == compute_checksum(cell)
        assert made.cells[2].metadata.editable is False
        assert made.cells[1].source.splitlines()[-1].strip() == "pass"


def test_the_description_has_points_and_coverage(database: Database, press: Press, folder: Path) -> None:
    """`course.json` says how many points an assignment has and how much of each item is in each language."""
    press.release(database, folder, by="centre")
    released = Released.model_validate_json((press.released / "tiny/1.0.0/course.json").read_text())
    assert released.course.item("task").points == 5
    assert released.item_share("fr", "classify") == 0.5
    assert released.share("en") == 1
    assert 0 < released.share("fr") < 0.5


def test_a_release_is_recorded_once(database: Database, press: Press, folder: Path) -> None:
    """Releasing the same content again gives the same release, one row and one event."""
    first, second = (press.release(database, folder, by="centre") for _ in range(2))
    assert (first.id, first.digest) == (second.id, second.digest)
    with database.session() as session:
        [event] = history(session, kind="released")
        assert (event.actor, event.subject, event.data["version"]) == ("centre", "course/tiny", "1.0.0")


def test_other_content_under_a_released_version_is_refused(database: Database, press: Press, folder: Path) -> None:
    """A version never changes: the old files stay as they were and the refusal says what to do."""
    press.release(database, folder, by="centre")
    before = (press.released / "tiny/1.0.0/en/classify.ipynb").read_bytes()
    tiny.write(folder / "classify.ipynb", tiny.book(tiny.prose("Other")))
    (folder / "locale/fr/classify.po").unlink()
    with pytest.raises(ClearingHouseError, match=r"1\.0\.0") as refused:
        press.release(database, folder, by="centre")
    assert refused.value.code == "release-exists"
    assert (press.released / "tiny/1.0.0/en/classify.ipynb").read_bytes() == before


def test_versions_only_rise_and_earlier_ones_stay(database: Database, press: Press, folder: Path) -> None:
    """1.10.0 follows 1.9.0, 1.0.1 is then refused, and work against an old version can still be graded."""
    for version in ("1.0.0", "1.9.0", "1.10.0"):
        raise_version(folder, version)
        press.release(database, folder, by="centre")
    raise_version(folder, "1.0.1")
    with pytest.raises(ClearingHouseError) as refused:
        press.release(database, folder, by="centre")
    assert refused.value.code == "release-older"
    with database.session() as session:
        assert [release.version for release in earlier(session, "tiny")] == ["1.10.0", "1.9.0", "1.0.0"]
    assert (press.source / "tiny/1.0.0/task.ipynb").exists()


def test_a_course_with_a_problem_is_not_released_at_all(database: Database, press: Press, folder: Path) -> None:
    """One bad notebook holds back the whole course, and nothing is left behind."""
    (folder / "task.ipynb").write_text("{}")
    with pytest.raises(ClearingHouseError, match=r"task\.ipynb") as refused:
        press.release(database, folder, by="centre")
    assert refused.value.code == "release-problems"
    assert list(press.released.iterdir()) == []
    with database.session() as session:
        assert earlier(session, "tiny") == []


def test_what_a_crash_left_behind_is_replaced(database: Database, press: Press, folder: Path) -> None:
    """A folder without its row is no release: the next one takes its place."""
    left = press.released / "tiny/1.0.0/en"
    left.mkdir(parents=True)
    (left / "half.ipynb").write_text("half")
    press.release(database, folder, by="centre")
    assert not (left / "half.ipynb").exists()
    assert (left / "task.ipynb").exists()


def test_two_releases_at_the_same_moment_make_one(database: Database, press: Press, folder: Path) -> None:
    """Two people press the button together: both are told it is out, and there is one row."""
    made: list[Release] = []
    people = [threading.Thread(target=lambda: made.append(press.release(database, folder, by="c"))) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len({release.id for release in made}) == 1
    assert len(made) == 3
