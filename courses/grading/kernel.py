"""A kernel in isolation, for one submission: no network, no secret, limited in time, memory and output."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from conventions.texts import ROOT
from courses.grading.grade import MachineFailed

GUARD = Path(__file__).with_name("guard.py")
# Each socket's file ends with its number; the kernel opens the last one last.
PORTS = {f"{name}_port": port for port, name in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)}


class Process(Protocol):
    """A started kernel, as `subprocess.Popen` has it."""

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def kill(self) -> None:
        """End it and all that it has started."""


# Starts a command in isolation, with a folder to run in and to keep, its environment and, as a descriptor, its input.
Isolate = Callable[[list[str], Path, Mapping[str, str], int], Process]


class Started(subprocess.Popen[bytes]):
    """A command that runs as it is, apart from a grading platform's terminal; nobody sees what it says."""

    def __init__(self, argv: Sequence[str], home: Path, environment: Mapping[str, str], given: int) -> None:
        nowhere = subprocess.DEVNULL
        super().__init__(
            argv, cwd=home, env=environment, stdin=given, stdout=nowhere, stderr=nowhere, start_new_session=True
        )

    def kill(self) -> None:
        """All of its process group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            super().kill()


class End(StrEnum):
    """How running a cell ended."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    FLOOD = "flood"
    DIED = "died"


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds a cell, seconds in all, bytes of memory, output a cell and file size."""

    cell_seconds: float = 60
    all_seconds: float = 300
    memory: int = 1_500_000_000
    output: int = 1_000_000
    file_size: int = 100_000_000
    start_seconds: float = 60
    grace_seconds: float = 5


@dataclass
class Ran:
    """What came of one cell."""

    end: End = End.OK
    outputs: list[NotebookNode] = field(default_factory=list)


@dataclass
class Heard:
    """What came back on a request so far."""

    asked: str
    ran: Ran
    status: str | None = None
    idle: bool = False
    replied: bool = False
    flood: bool = False
    size: int = 0

    @property
    def done(self) -> bool:
        return self.idle and self.status is not None


class Kernel:
    """One isolated Python, started at once; `ready` waits for it. Use it for one submission and close it."""

    def __init__(self, isolate: Isolate, limits: Limits, preload: Sequence[str] = ()) -> None:
        self._limits = limits
        # Short, since the path of a Unix socket has at most 107 characters.
        self.home = Path(tempfile.mkdtemp(prefix="chm-"))
        self._mark = secrets.token_hex(8)
        self._tests: set[str] = set()
        # Whether a test's result came, or came again, after the test had ended.
        self.forged = False
        info = {"transport": "ipc", "key": secrets.token_hex(32), "signature_scheme": "hmac-sha256", **PORTS}
        # A relative path, since the folder has another name inside the sandbox.
        (self.home / "kernel.json").write_text(json.dumps({**info, "ip": "k"}))
        # It ends when this one does: we hold the other side of its input.
        given, self._line = os.pipe()
        self._process = self._start(isolate, preload, given)
        os.close(given)
        self._client = BlockingKernelClient()
        self._client.load_connection_info(
            {
                **info,  # type: ignore[typeddict-item]
                "ip": str(self.home / "k"),
            }
        )
        self._poller = zmq.Poller()

    def _start(self, isolate: Isolate, preload: Sequence[str], given: int) -> Process:
        environment = {
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "JUPYTER_CONFIG_DIR": ".jupyter",
            "JUPYTER_DATA_DIR": ".jupyter",
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MPLBACKEND": "agg",
        }
        plan = {
            "connection": "kernel.json",
            "mark": self._mark,
            "environment": environment,
            "paths": [str(ROOT)],
            "preload": list(preload),
            "memory": self._limits.memory,
            "file_size": self._limits.file_size,
        }
        command = [sys.executable, "-P", "-c", GUARD.read_text(encoding="utf-8"), json.dumps(plan)]
        shown = {name: value for name, value in environment.items() if name in {"LANG", "PATH"}}
        return isolate(command, self.home, shown, given)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def _iopub(self) -> Any:
        return self._client.iopub_channel.socket

    @property
    def _shell(self) -> Any:
        return self._client.shell_channel.socket

    def ready(self) -> None:
        """Wait until the kernel answers; raises `MachineFailed` when it does not."""
        deadline = time.monotonic() + self._limits.start_seconds
        while time.monotonic() < deadline:
            if not self.alive:
                raise MachineFailed(f"the kernel ended with {self._process.returncode} before it was ready")
            if self._reachable() and self._wait(self._client.kernel_info(), Ran(), seconds=0.25).done:
                return
        raise MachineFailed("the kernel did not start in time")

    def _reachable(self) -> bool:
        """Connect once it listens: who connects before that tries again only after a tenth of a second."""
        if not (self.home / f"k-{PORTS['hb_port']}").exists():
            time.sleep(0.005)
            return False
        if not self._client.channels_running:
            self._client.start_channels(stdin=False, hb=False)
            for socket in (self._iopub, self._shell):
                self._poller.register(socket, zmq.POLLIN)
            # It welcomes who hears from now on what it publishes.
            self._iopub.poll(250)
        return True

    def rely_on(self, modules: Sequence[str]) -> None:
        """Name the modules that tests import, before anything of the learner's runs."""
        self._send(f"# rely {self._mark}\n" + " ".join(modules), history=False)

    def run(self, code: str) -> Ran:
        """Run a cell of the learner's."""
        return self._send(code, history=True)

    def test(self, code: str) -> Ran:
        """Run a test: it leaves no trace in the history, and if it passed, whether tests can fail is tried."""
        ran = self._send(f"# test {self._mark}\n{code}", history=False, test=True)
        if ran.end is End.OK:
            left, right = secrets.randbelow(10**6), 10**6 + secrets.randbelow(10**6)
            canary = self._send(f"# test {self._mark}\nassert {left} == {right}", history=False)
            self.forged = self.forged or canary.end is not End.ERROR
        return ran

    def close(self) -> None:
        """End the kernel and all it started, and remove its folder."""
        self._client.stop_channels()
        self._process.kill()
        os.close(self._line)
        self._process.wait()
        # What ran in the sandbox ends a moment after its keeper, and may still write.
        deadline = time.monotonic() + self._limits.grace_seconds
        while self.home.exists() and time.monotonic() < deadline:
            shutil.rmtree(self.home, ignore_errors=True)
            time.sleep(0.02)

    def _send(self, code: str, *, history: bool, test: bool = False) -> Ran:
        if not self.alive:
            return Ran(End.DIED)
        asked = self._client.execute(code, store_history=history, allow_stdin=False, stop_on_error=False)
        ran = Ran()
        heard = self._wait(asked, ran, seconds=self._limits.cell_seconds)
        if heard.status is None:
            heard = self._stop(heard)
        if ran.end is End.OK and heard.status != "ok":
            ran.end = End.ERROR
        if test:
            self._tests.add(asked)
        return ran

    def _stop(self, heard: Heard) -> Heard:
        """A cell did not end by itself: interrupt it and, if it resists, end the kernel."""
        ran = heard.ran
        if not self.alive:
            ran.end = End.DIED
            return heard
        ran.end = End.FLOOD if heard.flood else End.TIMEOUT
        ran.outputs.clear()
        # A kernel interrupted while it floods may crash or not, so it is ended: a grade must not hang on chance.
        after = heard if heard.flood else self._interrupt(heard)
        if after.status is None:
            self._process.kill()
            self._process.wait()
        return after

    def _interrupt(self, heard: Heard) -> Heard:
        """Interrupt until the kernel answers or the time of grace is over: code may swallow the first."""
        deadline = time.monotonic() + self._limits.grace_seconds
        while heard.status is None and self.alive and time.monotonic() < deadline:
            self._client.control_channel.send(self._client.session.msg("interrupt_request", {}))
            heard = self._wait(heard.asked, heard.ran, seconds=1)
        return heard

    def _wait(self, asked: str, ran: Ran, *, seconds: float) -> Heard:
        """What is heard of a request until it is done, the kernel ends, floods or takes too long."""
        heard = Heard(asked, ran)
        deadline = time.monotonic() + seconds
        while not heard.done and not heard.flood and self.alive and time.monotonic() < deadline:
            for socket, _ in self._poller.poll(200):
                parts = socket.recv_multipart()
                self._hear(self._read(parts), heard, sum(map(len, parts)))
            if heard.status is not None and not heard.replied:
                # After the reply little can follow; the last messages of a flood may be lost.
                deadline, heard.replied = min(deadline, time.monotonic() + self._limits.grace_seconds), True
            heard.flood = heard.size > self._limits.output and ran.end is End.OK
        return heard

    def _hear(self, message: dict[str, Any] | None, heard: Heard, size: int) -> None:
        if message is None or message["parent_header"].get("msg_id") != heard.asked:
            self._notice(message)
            return
        heard.size += size
        if message["msg_type"].endswith("_reply"):
            heard.status = str(message["content"].get("status"))
        elif message["content"].get("execution_state") == "idle":
            heard.idle = True
        elif heard.ran.end is End.OK:
            _take(message, heard.ran.outputs)

    def _notice(self, message: dict[str, Any] | None) -> None:
        """A result of a test that has ended already: somebody sent the first one in its stead."""
        if message and message["parent_header"].get("msg_id") in self._tests:
            self.forged = self.forged or message["msg_type"] in {"error", "execute_reply", "execute_result"}

    def _read(self, parts: list[bytes]) -> dict[str, Any] | None:
        session = self._client.session
        try:
            message: dict[str, Any] = session.deserialize(session.feed_identities(parts)[1])
        except (ValueError, TypeError, KeyError):
            # Whatever the learner's code wrote to the sockets by itself.
            self.forged = True
            return None
        return message


def _take(message: dict[str, Any], outputs: list[NotebookNode]) -> None:
    if message["msg_type"] in {"stream", "error", "execute_result", "display_data"}:
        output = output_from_msg(message)
        last = outputs[-1] if outputs else None
        if last and last.output_type == output.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            outputs.append(output)
