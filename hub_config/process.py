"""One process of the platform: started, started again whenever it has ended, and ended at last."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conventions import logs

DIE_WITH_PARENT = 1  # from <linux/prctl.h>

libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    """What runs: `name` is also its log's; `environment` is all that it is told, beside what its parent is."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pauses:
    """Seconds before what has ended is started again: none after a `steady` run, else twice as many each time."""

    steady: float = 30.0
    first: float = 1.0
    longest: float = 30.0


class Process:
    """A program that runs in `folder`, what it says going to `<name>.log` in `logs`; the log before is kept."""

    def __init__(self, program: Program, folder: Path, logs: Path, pauses: Pauses | None = None) -> None:
        self._program, self._folder, self._pauses = program, folder, pauses or Pauses()
        self.log = logs / f"{program.name}.log"
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous.log"))
        self._pause = self._pauses.first
        # When it may be started again; None while it runs.
        self._again: float | None = None
        self._start()

    @property
    def name(self) -> str:
        return self._program.name

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def tend(self) -> bool:
        """Start it again once it has ended and paused; True when it is found ended, once for each time."""
        if not self.ended:
            return False
        if self._again is None:
            self._again = time.monotonic() + self._next_pause()
            return True
        if time.monotonic() >= self._again:
            try:
                self._start()
            except OSError:
                # A machine that has no room for a process may have some later.
                self._again = time.monotonic() + self._next_pause()
        return False

    def last_words(self) -> str:
        return logs.last_words(self.log.read_text(encoding="utf-8", errors="replace"))

    def terminate(self) -> None:
        self._process.terminate()

    def finish(self, deadline: float) -> None:
        """Wait for its end, and bring it about at the deadline of the monotonic clock."""
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(self._program.command),
                cwd=self._folder,
                env=dict(self._program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is for `chm serve`, which ends all in good order.
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (there are no threads)
            )
        self._began, self._again = time.monotonic(), None

    def _next_pause(self) -> float:
        if time.monotonic() - self._began >= self._pauses.steady:
            self._pause = self._pauses.first
            return 0.0
        pause, self._pause = self._pause, min(2 * self._pause, self._pauses.longest)
        return pause


def _end_with_parent() -> None:
    libc.prctl(DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)
