"""What the platform runs is told what its settings say, and nothing that it need not know."""

from pathlib import Path

import pytest

from hub_config import ports, programs
from hub_config.keys import Keys
from hub_config.process import Program
from hub_config.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    ports.choose(tmp_path)
    return Settings(home=tmp_path, sandbox=False, proxies=2, dashboard_kernels=7)


def test_dashboards_are_told_of_proxies_and_places(settings: Settings) -> None:
    """In front of them is the platform's own proxy, too."""
    dashboards = programs.behind(settings)[-1]
    assert {"--DashboardServer.proxies=3", "--DashboardServer.most_kernels=7"} <= {*dashboards.command}


def test_only_the_front_door_knows_the_operator_s_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What shows the work of the public or of members has neither that nor the keys of others."""
    monkeypatch.setenv("DATABASE_PASSWORD", "hush")
    knowing = [each.name for each in (*programs.front_door(settings), *programs.behind(settings)) if told(each, "hush")]
    assert knowing == ["hub", "portal"]
    keys = Keys(settings.home / "secrets")
    holding = {name: [each.name for each in programs.behind(settings) if told(each, keys[name])] for name in KEYS}
    assert holding == {name: ["forum"] if name.startswith("forum") else [] for name in KEYS}


KEYS = ("hub-cookie", "proxy", "portal", "forum", "forum-webhook")


def told(program: Program, secret: str) -> bool:
    return any(secret in part for part in (*program.command, *program.environment.values()))
