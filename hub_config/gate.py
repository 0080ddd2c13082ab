"""The gate that the platform's processes wait at, everything imported, until the state is ready for them.

Importing takes each of them a second or two; in that time `chm serve` brings the databases up to date. Only it
closes the gate, and the kernel opens it when its process ends, in whatever way.
"""

import fcntl
from pathlib import Path
from types import TracebackType


class Gate:
    """`with Gate(home) as gate:` closes it; it is opened by `gate.open()`, at the latest when the block ends."""

    def __init__(self, home: Path) -> None:
        self._file = _path(home).open("wb")

    def __enter__(self) -> "Gate":
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def open(self) -> None:
        self._file.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.open()


def wait(home: Path) -> None:
    """Go on as soon as nobody changes the state that the processes rely on."""
    with _path(home).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)


def _path(home: Path) -> Path:
    return home / "gate"
