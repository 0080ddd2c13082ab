"""Grading in rooms that are forked from the template: what hostile work cannot do, and where no template answers."""

import ast
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conventions.texts import ROOT
from courses.grading.grade import MachineFailed
from courses.grading.kernel import End, Kernel
from courses.grading.notebook_grader import NotebookGrader
from hub_config.benchmarks.hubs import family
from hub_config.settings import Settings
from hub_config.warm.grading import isolation
from hub_config.warm.spawner import started_at
from tests.courses import test_grading, test_hostile
from tests.courses.notebooks import GOOD, answered
from tests.courses.test_grading import LIMITS, graded, home, work
from tests.hub_config.warm_template import Template, running_template
from tests.waiting import until

__all__ = ["home", "work"]


@pytest.fixture(scope="module")
def template(home: Path) -> Iterator[Template]:
    """A template in the home of the platform that grades."""
    with running_template(home) as running:
        yield running


@pytest.fixture(scope="module")
def grader(home: Path, template: Template) -> Iterator[NotebookGrader]:
    """The platform's grader, each of whose kernels is forked."""
    assert template.process.poll() is None
    grader = NotebookGrader(home / "courses" / "gradebook", isolation(Settings(home=home)), LIMITS)
    grader.start()
    yield grader
    grader.close()


# What holds of a grader without a sandbox holds of this one, with the fixtures above.
test_honest_work = test_grading.test_honest_work_gets_full_partial_and_waiting_scores
test_an_error_is_named = test_grading.test_an_error_is_named
test_tampering_earns_nothing = test_hostile.test_tampering_earns_nothing
test_tampering_does_not_spoil_a_right_answer = test_hostile.test_tampering_does_not_spoil_a_right_answer
test_a_forged_answer_of_the_kernel_is_noticed = test_hostile.test_a_forged_answer_of_the_kernel_is_noticed
test_a_cell_that_does_not_end_well = test_hostile.test_a_cell_that_does_not_end_well_is_the_reason_of_its_question
test_a_loop_that_resists_is_ended = test_hostile.test_a_loop_that_resists_is_ended
test_memory_is_limited = test_hostile.test_memory_is_limited
test_nothing_of_the_platform_is_within_reach = test_hostile.test_nothing_of_the_platform_is_within_reach
test_a_hidden_test_that_was_read_is_not_told = test_hostile.test_a_hidden_test_that_was_read_is_not_told

LOOK = """
import os, pathlib, socket, sys
def attempt(what):
    try: return what()
    except OSError as error: return type(error).__name__
print([
    'pandas' in sys.modules, 'hub_config' in sys.modules, os.getppid(), os.getuid() in (199_999, OWN),
    attempt(lambda: socket.create_connection(('127.0.0.1', PORT), 2)), os.path.exists('/run'),
    sorted(name for _, name in socket.if_nameindex()), os.path.exists(HOME), os.path.exists(SOLUTIONS),
    max(int(name) for name in os.listdir('/proc') if name.isdigit()) < 50])
"""


def test_a_forked_kernel_sees_nobody(home: Path, grader: NotebookGrader) -> None:
    """It has its libraries already, no network, no way to ask for another fork, no file or process of anybody's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = {"HOME": str(home), "SOLUTIONS": str(ROOT / "courses" / "content"), "OWN": os.getuid()}
        given["PORT"] = server.getsockname()[1]
        code = "\n".join(f"{name} = {value!r}" for name, value in given.items()) + LOOK
        content = answered(home / "courses", {**GOOD, "q1": code})
        (printed,) = graded(home, grader, content).questions[0].outputs
    assert ast.literal_eval(printed) == [
        *(True, False, 1, True, "ConnectionRefusedError", False, ["lo"], False, False, True),
    ]


def test_a_killed_platform_leaves_no_kernel(template: Template, home: Path) -> None:
    """SIGKILL to who grades ends the rooms of the kernels it has, also of one that no longer is a Python."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom courses.grading.kernel import Kernel, Limits\n"
        "from hub_config.settings import Settings\nfrom hub_config.warm.grading import isolation\n"
        "kernel = Kernel(isolation(Settings(home=Path(sys.argv[1]))), Limits())\nkernel.ready()\n"
        "print(kernel.home, flush=True)\n"
        "kernel.run(\"import os; os.execvp('sleep', ['sleep', '300'])\")"
    )
    command = [sys.executable, "-c", code, str(home)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as grading:
        folder = grading.stdout.readline().strip() if grading.stdout else ""
        # What was forked from the keeper has its name, and comes after it.
        keeper = next(each for each in family(template.process.pid) if folder in said(each, "cmdline"))
        until(lambda: "sleep\n" in {said(pid, "comm") for pid in family(keeper)})
        room = family(keeper)
        grading.send_signal(signal.SIGKILL)
    until(lambda: not any(map(started_at, room)))


def said(pid: int, what: str) -> str:
    """What /proc has of a process; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text()
    except OSError:
        return ""


def test_without_a_template_it_starts_cold(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is graded in the same room, and the log says why it took longer."""
    caplog.set_level(logging.INFO)
    kernel = Kernel(isolation(Settings(home=tmp_path)), LIMITS)
    try:
        kernel.ready()
        ran = kernel.run(
            "import os, socket, sys; print(os.getpid() < 10, 'pandas' in sys.modules, socket.if_nameindex())"
        )
        assert (ran.end, ran.outputs[0].text) == (End.OK, "True False [(1, 'lo')]\n")
    finally:
        kernel.close()
    (cold,) = [record for record in map(vars, caplog.records) if record.get("event") == "grading-cold"]
    assert cold["reason"].startswith("the fork server at")


def test_where_no_room_can_be_made_nothing_runs(template: Template, home: Path, tmp_path: Path) -> None:
    """A room that is refused is a failure of the machine; the template serves the next."""
    isolate = isolation(Settings(home=home))
    kernel = Kernel(lambda argv, _home, *more: isolate(argv, tmp_path / "gone", *more), LIMITS)
    with pytest.raises(MachineFailed, match="ended with 71"):
        kernel.ready()
    kernel.close()
    assert template.run("print('served')") == "served\n"
