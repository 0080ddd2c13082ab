"""Real processes for the tests: started on a free port, waited for, and ended."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conventions.texts import ROOT
from tests.ports import free_port
from tests.waiting import until


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something listens on the port; fails at once when the process has ended."""

    def listens() -> bool:
        assert process.poll() is None, f"the service ended with {process.returncode}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(listens)


@contextmanager
def service(home: Path, kill_at: str = "") -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The exchange in a process of its own: its address and the process."""
    port = free_port()
    command = [sys.executable, "-m", "tests.courses.exchange_app", str(home), str(port), kill_at]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}/api/exchange", process
        finally:
            process.terminate()
