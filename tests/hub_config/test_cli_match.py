"""Tests of `chm match`: what it shows and what it proposes."""

from pathlib import Path

import pytest

from expert_db.database import Database
from expert_db.needs import need
from hub_config.cli import main
from hub_config.migrations import upgrade
from tests.expert_db.people import EWASTE, PLASTIC, expert, named, person, settle


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A platform with one learner who asked twice, once for what nobody knows."""
    database = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    upgrade(database)
    settle(database, person("learner"), expert("mentor"))
    with database.session() as session:
        need(session, named(session, "learner"), "course/e-waste", "Is a cable waste?", concepts=[EWASTE])
        need(session, named(session, "learner"), "course/plastics", "Which code?", concepts=[PLASTIC])
    database.close()
    return tmp_path


def test_open_needs_and_who_could_help_are_shown_and_nothing_is_done(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looking proposes nobody, however often."""
    for _ in range(2):
        assert main(["match", "--home", str(home)]) == 0
        shown = capsys.readouterr().out
        assert "need 1: learner, open since" in shown
        assert "could be: mentor (" in shown
        assert "    Speaks Arabic with you" in shown
        assert "nobody who fits is free" in shown


def test_proposing_makes_the_proposals_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The proposals are counted and then shown with their reasons."""
    assert main(["match", "--propose", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "1 proposals made" in shown
    assert "  proposed: mentor (" in shown
    main(["match", "--propose", "--home", str(home)])
    assert "0 proposals made" in capsys.readouterr().out
