"""The process of which visitors' kernels are forked: one that has run the dashboards of today, and no visitor's.

It is itself forked from the room's first process, when there is one that can be; without it, and while it rehearses,
kernels come to be as everywhere else, and are slower and larger.
"""

import logging
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conventions import logs
from widgets.dashboards import kernel_environment
from widgets.kernels.forking import Forked, NotForked, fork, near, order
from widgets.kernels.provisioner import FORKS
from widgets.server.run import anew

log = logging.getLogger(__name__)
# Where it finds the socket that it is to listen at.
PLACE = 3
# One that has ended is followed by another, but not again and again, in seconds.
TRY_AGAIN = 30.0
# It does nothing but fork: who is not answered within so many seconds will not be.
PATIENCE = 2.0


class Zygote:
    """One at a time, for the notebooks in `notebooks`; `forks` is the fork server that it comes from."""

    kind = "zygote"

    def __init__(self, notebooks: Path, forks: Path = FORKS) -> None:
        self._notebooks, self._forks = notebooks, forks
        self._folder = TemporaryDirectory()
        self._socket = Path(self._folder.name, "zygote")
        self._process: Forked | None = None
        self._version, self._began = "", 0.0

    def renew(self, version: str) -> None:
        """See to it that there soon is one of this version."""
        lives = self._process is not None and self._process.poll() is None
        if version == self._version and (lives or time.monotonic() - self._began < TRY_AGAIN):
            return
        if self._process:
            self._process.kill()
        self._version, self._began = version, time.monotonic()
        try:
            self._process = self._begun(version)
        except NotForked as reason:
            self._process = None
            logs.tell(log, "zygote-missing", reason=str(reason))

    def fork(self, asked: Mapping[str, Any]) -> Forked:
        """A process that has all that dashboards load; NotForked while there is none to be had."""
        if not self._process:
            raise NotForked("there is no zygote")
        try:
            # Whoever else might listen there is none that we trust.
            return fork(self._socket, asked, patience=PATIENCE, server=self._process.pid)
        except NotForked as reason:
            if isinstance(reason.__cause__, TimeoutError):
                # It is there and does not answer. Each visitor would wait for it; without it, another can come.
                self._process.kill()
            raise

    def _begun(self, version: str) -> Forked:
        """It opens the socket itself once it is ready, so that nobody waits for it."""
        code = f"{anew('')}\nfrom pathlib import Path\nfrom widgets.server.rehearsal import rehearse\n"
        argv = [sys.executable, "-P", "-c", f"{code}rehearse(Path({str(self._notebooks)!r}), {version!r})"]
        env = {**kernel_environment(dict(os.environ)), logs.VARIABLE: os.environ.get(logs.VARIABLE, "")}
        asked = {**order(argv, env, "/"), "forks": PLACE}
        self._socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door, near(self._socket) as address:
            door.bind(address)
            return fork(self._forks, asked, {PLACE: door.fileno()})
