"""The sandbox, tried by what runs inside it. Every test runs as whoever runs the tests and, if that is root, again
as an unprivileged user (`test_all_holds_for_an_unprivileged_user`)."""

import ast
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conventions.texts import ROOT
from hub_config.warm.sandbox import GRADER_UID, Sandbox, refused
from tests.waiting import PATIENCE, until

SANDBOX = Sandbox(readable=[ROOT / "conventions"])


def inside(script: str, home: Path, *, network: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python script inside; `environment` is what the process that starts the sandbox has in its own."""
    return subprocess.run(
        SANDBOX.command([sys.executable, "-c", script], home, network=network),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def outcome_of_reading(path: Path, home: Path) -> str:
    script = (
        f"import pathlib\ntry: print(pathlib.Path({str(path)!r}).read_text())\nexcept OSError as e: print(e.strerror)"
    )
    return inside(script, home).stdout.strip()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A platform's folder with all that a learner must never see, and a home."""
    for name in ("platform.sqlite", "secrets/cookie", "gradebook.db", "homes/other/notes.txt", "homes/me/mine.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("written before")
    return tmp_path


@contextmanager
def running(home: Path, script: str = "import time; print('up', flush=True); time.sleep(300)") -> Iterator[int]:
    """The keeper's process number while a command runs inside."""
    with subprocess.Popen(
        SANDBOX.command([sys.executable, "-c", script], home), stdout=subprocess.PIPE, text=True
    ) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "up\n"
        yield keeper.pid
        keeper.kill()


def below(pid: int) -> list[int]:
    """All descendants of a process that still run."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(grandchild for child in children for grandchild in below(child))]


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_the_probe_finds_a_machine_that_can_isolate() -> None:
    """`probe` says nothing where the sandbox works."""
    SANDBOX.probe()


@pytest.mark.parametrize("name", ["platform.sqlite", "secrets/cookie", "gradebook.db", "homes/other/notes.txt"])
def test_state_of_the_platform_cannot_be_read(state: Path, name: str) -> None:
    """Database, secrets, gradebook and other homes do not exist inside, under any name they have outside."""
    assert outcome_of_reading(state / name, state / "homes/me") == "No such file or directory"


@pytest.mark.parametrize("path", [ROOT / "courses/__init__.py", ROOT / "hub_config/settings.py", Path("/etc/shadow")])
def test_only_what_is_listed_can_be_read(state: Path, path: Path) -> None:
    """Of the project a sandbox shows what `readable` lists; of /etc never the passwords."""
    assert path.exists()
    assert outcome_of_reading(path, state / "homes/me") == "No such file or directory"


def test_what_is_listed_can_be_read_and_imported(state: Path) -> None:
    """A readable path of the project is at its own place, so that it can be imported."""
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import conventions.languages as l; print(l.SOURCE)"
    assert inside(script, state / "homes/me").stdout == "en\n"


def test_the_home_lasts(state: Path) -> None:
    """What is written at home is there after the sandbox has ended, and what was there can be read."""
    script = (
        "p = __import__('pathlib').Path.home(); print(p, (p / 'mine.txt').read_text()); (p / 'new').write_text('x')"
    )
    assert inside(script, state / "homes/me").stdout == "/home/learner written before\n"
    assert (state / "homes/me/new").read_text() == "x"


@pytest.mark.parametrize("path", ["/usr/x", "/etc/x", "/x", "/dev/x", str(ROOT / "conventions/x"), f"{sys.prefix}/x"])
def test_nothing_but_home_and_tmp_can_be_written(state: Path, path: str) -> None:
    """System, interpreter, project and the new root itself are read-only."""
    done = inside(f"open({path!r}, 'w')", state / "homes/me")
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr


def test_an_operator_who_hides_her_files_hides_no_room(state: Path) -> None:
    """Whatever mask the platform was started with, what is shown can be entered, and new files are as usual."""
    script = "import os, conventions; print(oct(os.umask(0)))"
    command = SANDBOX.command([sys.executable, "-c", script], state / "homes" / "me", keep=["PYTHONPATH"])
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, capture_output=True, text=True, check=True, umask=0o77, env=env).stdout == "0o22\n"


def test_temporary_folders_are_limited_and_empty(state: Path) -> None:
    """/tmp is her own, and a program that fills it is stopped before it fills the machine."""
    script = "import os; print(os.listdir('/tmp'))\nwith open('/tmp/x', 'wb') as f:\n while True: f.write(b'0' * 10**7)"
    done = inside(script, state / "homes/me")
    # Where the project itself lies in /tmp, what of it is shown is all that stands there.
    shown = {path.parts[2] for path in (ROOT, Path(sys.prefix), Path(sys.base_prefix)) if path.is_relative_to("/tmp")}
    assert set(ast.literal_eval(done.stdout)) <= shown
    assert "No space left on device" in done.stderr


def test_other_processes_are_neither_seen_nor_signalled(state: Path) -> None:
    """/proc holds the sandbox's own processes, and the number of one outside names nothing inside."""
    script = (
        "import os\nprint(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))\n"
        f"try: os.kill({os.getpid()}, 0)\nexcept OSError as e: print(e.strerror)"
    )
    assert inside(script, state / "homes/me").stdout == "[1, 2]\nNo such process\n"


def test_the_starter_s_environment_is_not_passed_on(state: Path) -> None:
    """A secret in the environment of who starts the sandbox reaches neither the command nor /proc/1/environ."""
    script = "import os; print(sorted(os.environ)); open('/proc/1/environ').read()"
    done = inside(script, state / "homes/me", CHM_SECRET="hush")
    assert "'HOME'" in done.stdout
    assert "CHM_SECRET" not in done.stdout
    assert "Permission denied: '/proc/1/environ'" in done.stderr


def test_named_variables_are_kept(state: Path) -> None:
    """`keep` passes on what a command needs."""
    argv = [sys.executable, "-c", "import os; print(os.environ['CHM_LANGUAGE'])"]
    command = SANDBOX.command(argv, state / "homes/me", keep=["CHM_LANGUAGE"])
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "CHM_LANGUAGE": "ar"})
    assert done.stdout == "ar\n"


def test_no_rights_are_left(state: Path) -> None:
    """No capability, none to be gained, nobody's user but her own, and no user namespace can be made."""
    script = (
        "import os, ctypes\nlines = open('/proc/self/status').read().splitlines()\n"
        "status = dict(line.split(':\\t') for line in lines if ':\\t' in line)\n"
        "print([status[k] for k in ('CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs')], os.getuid())\n"
        "print(ctypes.CDLL(None, use_errno=True).unshare(0x10000000), os.strerror(ctypes.get_errno()))"
    )
    done = inside(script, state / "homes/me").stdout.splitlines()
    assert done[0] == f"{['0' * 16] * 3 + ['1']} {os.getuid() or GRADER_UID}"
    assert done[1].startswith("-1 ")


def test_no_network_reaches_out(state: Path) -> None:
    """Graded code reaches no server, not even one on this machine; its own loopback works."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = (
            "import socket\n"
            f"try: socket.create_connection(('127.0.0.1', {port}), 2)\nexcept OSError as e: print(e.strerror)\n"
            "own = socket.create_server(('127.0.0.1', 0)); socket.create_connection(own.getsockname(), 2); print('own')"
        )
        assert inside(script, state / "homes/me").stdout == "Connection refused\nown\n"
        assert "own" in inside(script, state / "homes/me", network=True).stdout
        assert "refused" not in inside(script, state / "homes/me", network=True).stdout


def test_memory_is_limited(state: Path) -> None:
    """A program that wants more memory than it may have gets a MemoryError of its own, nobody else's process ends."""
    small = Sandbox(memory_bytes=200_000_000)
    argv = [sys.executable, "-c", "x = bytearray(400_000_000)"]
    done = subprocess.run(small.command(argv, state / "homes/me"), capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


def test_a_killed_sandbox_leaves_no_orphan(state: Path) -> None:
    """SIGKILL to the keeper ends every process inside."""
    script = (
        "import subprocess, sys, time; subprocess.Popen(['sleep', '300'], start_new_session=True); "
        "print('up', flush=True); time.sleep(300)"
    )
    with running(state / "homes/me", script) as keeper:
        family = below(keeper)
        assert len(family) == 3
        os.kill(keeper, signal.SIGKILL)
        until(lambda: gone(family))


def test_a_sandbox_dies_with_who_started_it(state: Path) -> None:
    """When the starter is killed, the keeper and all inside end too."""
    command = SANDBOX.command([sys.executable, "-c", "import time; time.sleep(300)"], state / "homes/me")
    script = f"import subprocess, json; subprocess.run(json.loads({json.dumps(json.dumps(command))}))"
    starter = subprocess.Popen([sys.executable, "-c", script])
    until(lambda: len(below(starter.pid)) == 3)
    family = below(starter.pid)
    starter.kill()
    starter.wait()
    until(lambda: gone(family))


def test_signals_and_exit_codes_pass(state: Path) -> None:
    """The keeper hands SIGTERM to the command and ends with its exit code."""
    script = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); "
        "print('up', flush=True); time.sleep(300)"
    )
    keeper = subprocess.Popen(
        SANDBOX.command([sys.executable, "-c", script], state / "homes/me"), stdout=subprocess.PIPE
    )
    assert keeper.stdout is not None
    keeper.stdout.readline()
    keeper.terminate()
    assert keeper.wait(PATIENCE) == 7


def test_it_fails_closed_where_namespaces_are_refused(state: Path) -> None:
    """Inside a sandbox the kernel refuses another one: the command does not run and the error says what to do."""
    inner = Sandbox().command([sys.executable, "-c", "print('ran')"], Path("/home/learner"))
    outer = Sandbox(readable=[ROOT / "conventions", ROOT / "hub_config"])
    done = subprocess.run(outer.command(inner, state / "homes/me"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (71, "")
    error = refused(done.stderr)
    assert error.code == "sandbox-refused"
    assert "No space left on device" in str(error)
    assert "--no-sandbox" in str(error)


def all_holds_for_an_unprivileged_user() -> None:
    """The tests above, once more, by a user who has no rights on this machine."""
    command = (
        *UNPRIVILEGED,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "not unprivileged",
        str(Path(__file__)),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


# Python of the system, since root's own installation may lie where nobody else can look.
UNPRIVILEGED = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("env", "PYTHONDONTWRITEBYTECODE=1", f"PYTHONPATH={Path(pytest.__file__).parent.parent}", "/usr/bin/python3"),
)

if os.getuid() == 0:
    # Otherwise every test above has just run as an unprivileged user.
    test_all_holds_for_an_unprivileged_user = all_holds_for_an_unprivileged_user
