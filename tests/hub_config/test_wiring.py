"""The one wiring place, the secrets it hands out and what runs beside the pages."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from courses.exchange.service import Exchange
from courses.grading.service import Grading
from expert_db.clock import Clock
from expert_db.dispatch import Dispatcher
from expert_db.members import Role
from forum_bridge.forum import Forum
from hub_config import ports
from hub_config.keys import Keys
from hub_config.portal.hub import Hub
from hub_config.portal.menu import PAGES, menu
from hub_config.roles import RIGHTS
from hub_config.settings import Settings
from hub_config.wiring import Part, from_home, wire
from tests.hub_config.portal import client, platform


def test_started_without_chm_serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The portal does not start half: where no platform ever ran it says how to start one."""
    monkeypatch.setenv("CHM_HOME", str(tmp_path))
    with pytest.raises(ClearingHouseError, match="chm serve") as refused:
        from_home()
    assert refused.value.code == "not-running"


def test_secret_is_made_once(tmp_path: Path) -> None:
    """However many processes ask first, there is one secret, and nobody else on the machine can read it."""
    with ThreadPoolExecutor(8) as people:
        made = set(people.map(lambda _: Keys(tmp_path / "secrets")["session"], range(32)))
    assert len(made) == 1 and len(made.pop()) >= 32
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["session"]
    assert (tmp_path / "secrets" / "session").stat().st_mode & 0o077 == 0


def test_every_role_has_its_menu() -> None:
    """Each page that the table of roles names exists in the menu, for the public too."""
    named = {page for rights in RIGHTS.values() for page in rights.pages}
    assert named == set(PAGES)
    assert [page.path for page in menu(None)] == ["/courses", "/dashboards", "/data", "/find"]
    assert set(RIGHTS) == {None, *Role}


def test_workers_run_as_long_as_the_portal(tmp_path: Path) -> None:
    """What runs beside the pages is started with them and stopped with them, in reverse order."""
    done: list[str] = []

    class Worker:
        def __init__(self, name: str) -> None:
            self.name = name

        def start(self) -> None:
            done.append(f"start {self.name}")

        def stop(self) -> None:
            done.append(f"stop {self.name}")

    with client(platform(tmp_path, [Part("courses", workers=[Worker("a"), Worker("b")])])) as browser:
        assert browser.get("/").status_code == 200
        assert done == ["start a", "start b"]
    assert done == ["start a", "start b", "stop b", "stop a"]


def test_every_part_brings_its_workers(tmp_path: Path) -> None:
    """Grading, the clock that proposes mentors, the forum's outbox and the flows all run beside the pages."""
    ports.choose(tmp_path)
    wired = wire(Settings(home=tmp_path), Hub("http://127.0.0.1:9/hub/api", "nobody"))
    workers = {part.package: [type(worker) for worker in part.workers] for part in wired.parts if part.workers}
    assert workers == {"courses": [Exchange, Grading], "expert_db": [Clock], "forum_bridge": [Forum, Dispatcher]}
    wired.database.close()
