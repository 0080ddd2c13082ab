"""Kernels that are forked inside a room: they can what kernels can, and others start as they always did."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conventions.texts import ROOT
from tests.hub_config.warm_template import ROOM, Template, running_template

FEATURES = Path(__file__).with_name("kernel_features.py").read_text()
BUNDLE = "application/vnd.jupyter.widget-view+json,text/plain"
EXPECTED = {
    "libraries": "3",
    "widget": BUNDLE,
    "targets": "jupyter.widget jupyter.widget.control",
    "subprocess": "hi",
    "shell": "shell",
    "fork": "[1, 2]",
    "spawn": "[3]",
    "threads": "thread",
    "futures": "[4]",
    "asyncio": "awaited",
    "history": "True",
    "signal": "True",
    "beside": "True",
    "main": "3 __main__",
    "pickle": "A",
    "blas": "27000000",
    "error": "ZeroDivisionError",
    "stderr": "err",
    "system": "system",
    "input": "amina!",
    "completion": ["pandas"],
    "inspection": True,
    "debugger": True,
    "interrupt": "KeyboardInterrupt",
    "restart": "False",
    "died": True,
    "shut down": True,
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with running_template(tmp_path_factory.mktemp("kernels")) as running:
        yield running


def tried(template: Template, came: str, code: str, home: str) -> dict[str, Any]:
    """What came of trying everything in a kernel that was forked when it was asked for, or before: a `spare` one."""
    printed = template.run(code, home, {"IN_ADVANCE": "yes"} if came == "spare" else {})
    found = dict(json.loads(printed.splitlines()[-1])) if printed.endswith("}\n") else pytest.fail(printed)
    assert found["came"] == came
    return found


@pytest.fixture(scope="module", params=["forked", "spare"])
def warm(template: Template, request: pytest.FixtureRequest) -> dict[str, Any]:
    return tried(template, request.param, FEATURES, request.param)


@pytest.mark.parametrize("feature", EXPECTED)
def test_a_forked_kernel_can_what_kernels_can(warm: dict[str, Any], feature: str) -> None:
    """Each gives what it gives in a kernel that was started."""
    assert warm[feature] == EXPECTED[feature]


def test_it_is_forked_with_its_libraries(warm: dict[str, Any]) -> None:
    """It is a child of the room's first process, has pandas already, and nothing of the platform's top floor."""
    assert (warm["parent"], warm["loaded"]) == ("1", "True False")
    assert "application/vnd.plotly.v1+json" in warm["figure"]


@pytest.mark.parametrize("came", ["forked", "spare"])
def test_matplotlib_draws_inline(template: Template, came: str) -> None:
    """A figure comes as a picture."""
    code = FEATURES.replace("CELLS = {", "CELLS = {'plot': '%matplotlib inline\\nimport pylab; pylab.plot([1])',", 1)
    assert "image/png" in tried(template, came, code, f"plots-{came}")["plot"]


def test_where_nothing_can_be_forked_kernels_start_as_always(tmp_path: Path) -> None:
    """In a room that was entered cold the same is true of the kernel, which is started, and the log says why."""
    (tmp_path / "home").mkdir()
    argv = [sys.executable, "-c", f"import logging; logging.basicConfig(level=logging.INFO)\n{FEATURES}"]
    command = ROOM.command(argv, tmp_path / "home", network=True, keep=["PYTHONPATH"])
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert found["loaded"] == "False False"
    assert "starts cold: " in done.stderr
