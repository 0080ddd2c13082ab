"""JupyterHub's own tests of spawners, as its package brings them, run against the platform's spawner."""

import asyncio
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jupyterhub import orm
from jupyterhub.objects import Hub
from jupyterhub.user import User

from conventions.texts import ROOT
from hub_config.settings import Settings
from hub_config.warm.lab import write_lab_settings
from hub_config.warm.spawner import SandboxedSpawner
from tests.hub_config.warm_template import Template, running_template
from tests.waiting import PATIENCE

THEIRS = "jupyterhub.tests.test_spawner"
# How they are run at their home: all of a module's on one event loop.
OPTIONS = (
    *("asyncio_mode=auto", "markers=ssl"),
    *(f"asyncio_default_{what}_loop_scope=module" for what in ("fixture", "test")),
)
# Their Hub leaves its proxy behind.
CLEANLY = """
import os, pathlib, sys
from hub_config import orphans
code = orphans.run(sys.argv[1:], pathlib.Path.cwd(), os.environ)
orphans.end(patience=1)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """A template in the home of a platform, as `chm serve` starts it."""
    home = tmp_path_factory.mktemp("platform")
    write_lab_settings(home)
    with running_template(home) as running:
        yield running


def outcomes(home: Path, *arguments: str, sandbox: bool = True) -> dict[str, set[str]]:
    """The names of the Hub's tests that passed, failed or, as was to be expected, could not hold (`skipped`)."""
    path = [Path(sys.prefix) / "bin", Path(sys.prefix, "node", "node_modules", ".bin"), os.environ.get("PATH", "")]
    settings = Settings(home=home, sandbox=sandbox)
    env = {**os.environ, **settings.environment, "PYTHONPATH": str(ROOT), "PATH": os.pathsep.join(map(str, path))}
    report = home / "report.xml"
    command = [
        *(sys.executable, "-c", CLEANLY),
        *(sys.executable, "-m", "pytest", "-p", "tests.hub_config.hubs_tests", "-p", "no:cacheprovider"),
        *("-c", os.devnull, f"--rootdir={home}", f"--junitxml={report}", "--pyargs", THEIRS, *arguments),
        *(part for option in OPTIONS for part in ("-o", option)),
    ]
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout + done.stderr
    found = defaultdict(set)
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 (pytest has just written it)
        ends = [each.tag for each in case if each.tag in {"failure", "error", "skipped"}]
        found[ends[0] if ends else "passed"].add(case.attrib["name"].partition("[")[0])
    assert not found["failure"] | found["error"], done.stdout[-8000:]
    return found


def test_the_hub_s_tests_pass_with_servers_forked_into_their_rooms(template: Template) -> None:
    """Start, poll, stop, signals, state, tokens, routes, a real single-user server: all but what is named, and why."""
    found = outcomes(template.folder)
    assert found["skipped"] == {"test_popen_kwargs", "test_shell_cmd"}
    assert len(found["passed"]) >= 25 and "test_single_user_spawner" in found["passed"]
    # What the spawner of the platform alone leaves behind.
    assert (template.folder / "logs" / "servers" / "has_40_x.log").read_text()


def test_a_shell_s_own_settings_are_heard_without_a_sandbox(template: Template) -> None:
    """The one test of the Hub's that needs a file of the machine's passes where servers see the machine."""
    assert outcomes(template.folder, "-k", "test_shell_cmd", sandbox=False)["passed"] == {"test_shell_cmd"}


def test_options_for_the_process_reach_it(tmp_path: Path) -> None:
    """What the Hub's test looks for in a call is seen in the process: such a server starts cold, in its room."""
    write_lab_settings(tmp_path)
    session = orm.new_session_factory("sqlite:///:memory:")()
    session.add(member := orm.User(name="amina"))
    session.commit()
    with (tmp_path / "said").open("wb") as said:
        spawner = User(member, {})._new_spawner(
            *("", SandboxedSpawner),
            hub=Hub(),
            oauth_client_id="any",
            settings=Settings(home=tmp_path),
            popen_kwargs={"stdout": said},
            cmd=[sys.executable, "-c", "import os; print(os.getpid() < 10)"],
        )
        # Aside, since the browser of other tests keeps an event loop in this thread.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(lambda: asyncio.run(spawner.start())).result()
    assert spawner.proc.wait(PATIENCE) == 0
    assert (tmp_path / "said").read_text() == "True\n"
