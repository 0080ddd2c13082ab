"""Processes that outlive the command that started them are found and ended."""

import subprocess
import sys

import psutil

from conventions.texts import ROOT

CODE = """
import os, pathlib, sys
from hub_config import orphans

print(orphans.run(["sh", "-c", sys.argv[1]], pathlib.Path("/"), os.environ))
print(*orphans.end(patience=1), sep="\\n")
"""


def left_by(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CODE, script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split("\n")[:-1]


def test_what_runs_on_is_named_and_ended() -> None:
    """It has a session of its own and its parent is gone, as with a server that a test forgot."""
    code, *named = left_by("setsid sleep 4321 & setsid sh -c 'sleep 4322 & wait' & sleep 0.2; exit 3")
    assert code == "3" and sorted(named) == ["sh -c sleep 4322 & wait", "sleep 4321", "sleep 4322"]
    assert not [each for each in psutil.process_iter(["cmdline"]) if "4321" in (each.info["cmdline"] or [])]


def test_what_ends_in_time_is_not_named() -> None:
    """A process that is just about to end is none that was left."""
    assert left_by("sleep 0.3 &") == ["0", ""]


def test_an_orphan_that_ends_is_buried_at_once() -> None:
    """Whoever looks whether it still lives finds no trace, as below the machine's own first process."""
    orphan = "(sleep 0.1 & echo $! >&3) 3>&1 | (read pid; sleep 1; test -e /proc/$pid && echo there || echo gone)"
    assert left_by(orphan)[0] == "gone"
