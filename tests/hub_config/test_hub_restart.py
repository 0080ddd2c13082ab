"""A real Hub with a real template: what becomes of members' servers when one of them is killed, and what it counts."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_config.benchmarks import hubs
from hub_config.settings import Settings
from hub_config.warm import template
from hub_config.warm.lab import write_lab_settings
from hub_config.warm.spawner import started_at
from tests.hub_config.warm_template import READY
from tests.waiting import until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with a template, whose guardian is this process."""
    write_lab_settings(tmp_path)
    path = Settings(home=tmp_path).template
    with hubs.process(template.command(path), template.surroundings(), tmp_path / "template.log"):
        until(lambda: READY in (tmp_path / "template.log").read_text())
        yield tmp_path


def process_of(name: bytes) -> int:
    """The number of the one process below this one with these words in its command line."""
    found = []
    for pid in hubs.family(os.getpid()):
        try:
            found += [pid] if name in Path(f"/proc/{pid}/cmdline").read_bytes() else []
        except OSError:
            continue
    assert len(found) == 1, found
    return found[0]


def test_a_killed_hub_finds_its_servers_again(home: Path) -> None:
    """After SIGKILL to the Hub, the next one knows the same server, which never ended, and can stop it."""
    with hubs.hub(home, hubs.OURS) as first:
        first.add("amina")
        first.start("amina")
        keeper = int(first.server("amina")["state"]["pid"])
        began = started_at(keeper)
        os.kill(process_of(b"jupyterhub\0-f"), signal.SIGKILL)
    with hubs.hub(home, hubs.OURS) as second:
        until(lambda: second.server("amina").get("ready"))
        state = second.server("amina")["state"]
        assert (state["pid"], state["began"]) == (keeper, began) == (keeper, started_at(keeper))
        assert second.ask("GET", "/user/amina/api/status", port="portal")[0] == 200
        second.stop("amina")
    until(lambda: not started_at(keeper))


def test_servers_of_several_names_are_told_apart_and_seen(home: Path) -> None:
    """A member's second server is a process with a log of its own; the Hub's metrics count both, and a kernel."""
    named = hubs.OURS + "c.JupyterHub.allow_named_servers = True\nc.JupyterHub.authenticate_prometheus = False\n"
    with hubs.hub(home, named) as hub:
        hub.add("amina")
        hub.start("amina")
        assert hub.ask("POST", "/hub/api/users/amina/servers/second")[0] == 201
        servers = hub.ask("GET", "/hub/api/users/amina")[1]["servers"]
        assert servers[""]["state"]["pid"] != servers["second"]["state"]["pid"]
        logs = [(home / "logs" / "servers" / f"{name}.log").read_text() for name in ("amina", "amina.second")]
        assert ["/user/amina/second/" in log for log in logs] == [False, True]
        assert hub.kernel("amina") > 0
        said = ""

        def counted() -> bool:
            nonlocal said
            said = hub.text("/hub/metrics")
            return "chm_kernels 1.0" in said

        until(counted)
        assert 'chm_server_starts_total{how="warm"} 2.0' in said
        assert "chm_servers 2.0" in said
        assert "chm_servers_memory_bytes 0.0" not in said


def test_a_killed_template_loses_no_server_and_the_next_start_is_cold(home: Path) -> None:
    """Her server goes on; another's starts without the template."""
    with hubs.hub(home, hubs.OURS) as hub:
        for name in ("amina", "boris"):
            hub.add(name)
        hub.start("amina")
        os.kill(process_of(f"hub_config.warm.template\0{Settings(home=home).template}".encode()), signal.SIGKILL)
        assert hub.ask("GET", "/user/amina/api/status", port="portal")[0] == 200
        hub.start("boris")
        assert "starts cold" in (home / "hub.log").read_text()
        keeper = hub.server("boris")["state"]["pid"]
        assert b"hub_config.warm.enter" in Path(f"/proc/{keeper}/cmdline").read_bytes()
        for name in ("amina", "boris"):
            hub.stop(name)
