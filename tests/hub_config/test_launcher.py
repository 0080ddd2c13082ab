"""The launcher `chm`, a copy of it on a machine that lacks something: a sentence says what, and what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conventions.texts import ROOT

COPIED = ("chm", "requirements.txt", "requirements-test.txt", "hub_config/node/package.json")
TOOLS = ("sh", "dirname", "cat", "cksum", "tr", "grep", "awk", "tail", "tee", "mkdir", "cp", "flock")
REAL = f'exec "{sys.executable}" "$@"'
ROOMY, FULL = 9_000_000, 100_000


class Machine:
    """A copy of the project's launcher, and a PATH with a few tools and what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.project, self.tools = folder / "project", folder / "tools"
        self.tools.mkdir()
        for name in (*COPIED, "hub_config/node/package-lock.json"):
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.project / name)
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.tools / tool).symlink_to(found)
        self.free(ROOMY)

    def program(self, name: str, script: str) -> None:
        """Put a program of that name in the PATH, or into the project by its path."""
        path = self.tools / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def free(self, kilobytes: int) -> None:
        """As `df` tells it."""
        self.program("df", f'echo "Filesystem 1024-blocks Used Available"\necho "disk 1 1 {kilobytes} 1% /"')

    def chm(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Its exit code and what it said."""
        known = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "CHM_", "PYTHON"))}
        done = subprocess.run(
            [self.project / "chm", *arguments],
            env={**known, "PATH": str(self.tools), "PIP_CONFIG_FILE": os.devnull, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert not done.stdout
        return done.returncode, done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_is_plain_shell() -> None:
    """Every POSIX shell reads it, so that any machine can be told what it lacks."""
    subprocess.run(["sh", "-n", ROOT / "chm"], check=True)
    assert (ROOT / "chm").read_text().startswith("#!/bin/sh\n")


@pytest.mark.parametrize("python", ["", "exit 1", "echo 'SyntaxError' >&2; exit 1"])
def test_without_a_python_that_is_new_enough(machine: Machine, python: str) -> None:
    """None at all, or one that is too old: what is needed and whom to ask."""
    if python:
        machine.program("python3", python)
    code, said = machine.chm("serve")
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("chm: Python 3.11 or newer is needed")
    assert not (machine.project / ".venv").exists()


def test_an_old_python3_beside_a_newer_one_is_passed_over(machine: Machine) -> None:
    """`python3` of an old system does not hide a `python3.12` that was added."""
    machine.program("python3", "exit 1")
    machine.program("python3.12", f'case "$2" in *ensurepip*) exit 1 ;; esac\n{REAL}')
    assert "Python's venv module is missing" in machine.chm("serve")[1]


def test_without_the_venv_module(machine: Machine) -> None:
    """Debian's Python without python3-venv: the package is named."""
    machine.program("python3", f'case "$2" in *ensurepip*) exit 1 ;; esac\n{REAL}')
    code, said = machine.chm("serve")
    assert (code, said.count("\n")) == (2, 1)
    assert "python3-venv" in said and "run the same command again" in said


def test_without_room_nothing_is_begun(machine: Machine) -> None:
    """How much is needed, where, and how much there is."""
    machine.program("python3", REAL)
    machine.free(FULL)
    code, said = machine.chm("serve")
    assert code == 2
    assert f"needs about 3 GB where {machine.project} lies, 97 MB are free" in said
    assert not (machine.project / ".venv").exists()


def test_without_a_network_what_was_done_is_kept(machine: Machine) -> None:
    """With no package index to reach, real pip fails, and the next run goes on with the environment that is there."""
    machine.program("python3", REAL)
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    made = []
    for _ in range(2):
        code, said = machine.chm("serve", **offline)
        assert code == 2
        assert "The Python packages could not be fetched: there seems to be no network" in said
        assert "run the same command again" in said
        made.append((machine.project / ".venv/pyvenv.cfg").stat().st_mtime_ns)
    assert made[0] == made[1]
    assert not (machine.project / ".venv/ready").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full. Free about 3 GB"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "The Python packages could not be installed"),
    ],
)
def test_what_pip_says_becomes_what_to_do(machine: Machine, words: str, sentence: str) -> None:
    """A disk that fills up while packages are unpacked, or a package that is not the one that was locked."""
    machine.program("python3", REAL)
    fake = f'[ "$2" != pip ] || {{ echo "{words}"; exit 1; }}'
    machine.program(str(machine.project / ".venv/bin/python"), fake)
    code, said = machine.chm("serve")
    assert code == 2
    assert words in said and sentence in said
    assert not (machine.project / ".venv/ready").exists()
