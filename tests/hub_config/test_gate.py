"""The gate between bringing the state up to date and what relies on it."""

import subprocess
import sys
from pathlib import Path

from conventions.texts import ROOT
from hub_config.gate import Gate, wait
from tests.waiting import PATIENCE

PASS = """
import sys
from pathlib import Path
from hub_config.gate import wait
wait(Path(sys.argv[1]))
print("passed")
"""
HOLD = """
import sys, time
from pathlib import Path
from hub_config.gate import Gate
with Gate(Path(sys.argv[1])):
    print("closed", flush=True)
    time.sleep(60)
"""


def _python(code: str, home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_process_waits_until_the_gate_is_opened(tmp_path: Path) -> None:
    """However long the state takes: nobody passes before, everybody after, also while the block goes on."""
    with Gate(tmp_path) as gate:
        waiting = [_python(PASS, tmp_path) for _ in range(2)]
        for process in waiting:
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("it did not wait")
        gate.open()
        assert [process.communicate(timeout=PATIENCE)[0] for process in waiting] == ["passed\n"] * 2


def test_a_killed_holder_leaves_the_gate_open(tmp_path: Path) -> None:
    """Whoever brought the state up to date was killed: nobody waits for ever."""
    holder = _python(HOLD, tmp_path)
    assert holder.stdout is not None and holder.stdout.readline() == "closed\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    wait(tmp_path)


def test_an_error_opens_the_gate(tmp_path: Path) -> None:
    """A platform that does not start leaves nothing closed for the next one."""
    try:
        with Gate(tmp_path):
            raise ValueError
    except ValueError:
        wait(tmp_path)
