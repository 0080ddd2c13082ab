"""The verb `chm course`: new, status, preview, release."""

from pathlib import Path

import pytest

from hub_config.cli import main


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for courses and a home, neither of which is there yet: nobody has started the platform."""
    monkeypatch.setenv("CHM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHM_CONTENT", str(tmp_path / "content"))
    return tmp_path / "content"


def test_from_a_new_course_to_its_release(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new course has a status, can be previewed in six languages and released, and then has a version."""
    assert main(["course", "new", "plastic-waste"]) == 0
    assert main(["course", "status"]) == 0
    assert "released never" in capsys.readouterr().out
    assert main(["course", "preview", "plastic-waste", "--to", str(content.parent / "seen")]) == 0
    assert (content.parent / "seen/zh/task.ipynb").exists()
    assert main(["course", "release", "plastic-waste", "--by", "centre"]) == 0
    assert main(["course", "status", "plastic-waste"]) == 0
    assert "released 0.1.0" in capsys.readouterr().out


def test_problems_are_printed_and_hold_back_a_release(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a broken notebook, status ends with 1 and release with 2, both naming the file."""
    main(["course", "new", "plastic-waste"])
    (content / "plastic-waste/task.ipynb").write_text("{")
    assert main(["course", "status"]) == 1
    assert "plastic-waste/task.ipynb" in capsys.readouterr().err
    assert main(["course", "release", "plastic-waste"]) == 2
    assert "release-problems" in capsys.readouterr().err


@pytest.mark.parametrize("toml", [None, "nonsense", '[course]\nid = "broken"'])
def test_a_broken_course_is_told_beside_the_others(
    content: Path, capsys: pytest.CaptureFixture[str], toml: str | None
) -> None:
    """Without a course.toml, with nonsense or half of it: the file is named, the other course's status still shown."""
    main(["course", "new", "plastic-waste"])
    (content / "broken").mkdir()
    if toml is not None:
        (content / "broken/course.toml").write_text(toml)
    assert main(["course", "status"]) == 1
    told = capsys.readouterr()
    assert "broken/course.toml" in told.err
    assert "plastic-waste: version 0.1.0" in told.out
    assert main(["course", "release", "broken"]) == 2
    assert "broken/course.toml" in capsys.readouterr().err
    assert main(["check", "--only", "courses"]) == 1
    assert "broken/course.toml" in capsys.readouterr().out
