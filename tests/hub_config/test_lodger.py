"""The dashboards' server in a room of the template's, and without a template."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conventions.texts import ROOT
from hub_config.benchmarks.hubs import family
from hub_config.warm import lodger
from hub_config.warm.spawner import started_at
from tests.hub_config.warm_template import ROOM, Template, running_template
from tests.ports import free_port
from tests.waiting import PATIENCE, until
from widgets.dashboards import voila_command

BASE = "/services/dashboards/"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with running_template(tmp_path_factory.mktemp("template")) as running:
        yield running


@contextmanager
def lodging(path: Path, argv: list[str], home: Path, patience: float = 30) -> Iterator["subprocess.Popen[str]"]:
    """A command in a room of the template at `path`; ended at the end."""
    home.mkdir(exist_ok=True)
    command = lodger.command(path, ROOM.plan(argv, home, network=True, keep=["PYTHONPATH"]), patience)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.terminate()
        process.wait(PATIENCE)


def test_it_stands_for_what_it_runs(template: Template) -> None:
    """Output, exit code and signals are those of the command in the room."""
    code = "import os; print(os.getpid() < 10, os.path.exists('/run/forks'), flush=True); raise SystemExit(7)"
    with lodging(template.socket, [sys.executable, "-c", code], template.home("code")) as process:
        assert process.communicate(timeout=PATIENCE)[0] == "True True\n" and process.returncode == 7
    code = "import signal; print('waits', flush=True); signal.sigwait([signal.SIGUSR1]); print('heard')"
    code = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); " + code
    with lodging(template.socket, [sys.executable, "-c", code], template.home("signals")) as process:
        assert process.stdout and process.stdout.readline() == "waits\n"
        process.send_signal(signal.SIGUSR1)
        assert process.communicate(timeout=PATIENCE)[0] == "heard\n" and process.returncode == 0


SLEEPER = "import subprocess, time; subprocess.Popen(['sleep', '300']); print('up', flush=True); time.sleep(300)"


@pytest.mark.parametrize("warm", [True, False])
def test_a_killed_lodger_leaves_nothing(template: Template, tmp_path: Path, warm: bool) -> None:
    """SIGKILL to it alone ends its room and all in it at once, whoever forked that; the template serves on."""
    path, pid = template.socket if warm else tmp_path / "none", template.process.pid
    until(lambda: family(pid) == [pid])
    with lodging(path, [sys.executable, "-c", SLEEPER], tmp_path / "home", patience=30 * warm) as process:
        assert process.stdout and process.stdout.readline() == "up\n"
        below = {*family(pid), *family(process.pid)} - {pid}
        assert len(below) == (5 if warm else 4)
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: not any(map(started_at, below)))
    until(lambda: family(pid) == [pid])
    assert template.run("print('served')") == "served\n"


def test_without_a_template_it_starts_cold(tmp_path: Path) -> None:
    """The same command runs in the same sandbox, and the log says why it is cold."""
    code = "import os; print(os.getpid() < 10, os.path.exists('/run/forks'))"
    with lodging(tmp_path / "none", [sys.executable, "-c", code], tmp_path / "home", patience=0) as process:
        printed, said = process.communicate(timeout=PATIENCE)
    assert printed == "True False\n" and process.returncode == 0 and "starts cold" in said


def test_a_dashboards_kernels_are_forked(template: Template) -> None:
    """A page is drawn and a live kernel given by forks, which all end with the service."""
    port = free_port()
    before = family(template.process.pid)
    with lodging(template.socket, voila_command(port, BASE), template.home("dashboards")) as process:
        page = fetched(f"http://127.0.0.1:{port}{BASE}voila/render/parties.ipynb?lang=en", process)
        drawn = json.loads(page.split('<script id="drawn" type="application/json">')[1].split("</script>")[0])
        body = json.dumps({"version": drawn["version"], "models": drawn["models"], "lang": "en"}).encode()
        url = f"http://127.0.0.1:{port}{BASE}voila/live/parties.ipynb?lang=en"
        asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        assert urllib.request.urlopen(asked, timeout=PATIENCE).status == 201
        # Whatever is forked keeps the command line's length and begins where the template's did.
        kernels = [pid for pid in family(template.process.pid) if "ipykernel_launcher" in command_line(pid)]
        assert kernels and all(executed(pid) == executed(template.process.pid) for pid in kernels)
        process.terminate()
        assert process.stderr and "starts cold" not in process.stderr.read()
    until(lambda: family(template.process.pid) == before)


def fetched(url: str, process: "subprocess.Popen[str]") -> str:
    def page() -> str:
        assert process.poll() is None
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            return ""

    return until(page)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def executed(pid: int) -> str:
    """Where the program's code and heap lie, which every new execution chooses anew and a fork keeps."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return " ".join(fields[23:26])
