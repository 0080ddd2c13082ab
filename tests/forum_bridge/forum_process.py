"""The embedded forum as a real process that tests start, stop and start again."""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import httpx

from forum_bridge.discourse import Discourse
from tests.ports import free_port
from tests.waiting import PATIENCE, until

KEY, SECRET = "test-key", "test-secret"


class ForumProcess:
    """`python -m forum_bridge.embedded` on a port of its own; as a context manager it runs inside the block."""

    def __init__(self, home: Path, *, webhook: str = "", options: tuple[str, ...] = ()) -> None:
        self.home, self.webhook, self.options = home, webhook, options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--home", str(self.home), "--webhook", self.webhook, *self.options]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "forum_bridge.embedded", *arguments],
            env={**os.environ, "CHM_FORUM_KEY": KEY, "CHM_FORUM_SECRET": SECRET},
        )
        until(self.answers)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/srv/status", trust_env=False, timeout=PATIENCE).text == "ok"
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def client(self) -> Discourse:
        """A client that waits for nothing."""
        return Discourse(self.url, KEY, sso_secret=SECRET, patience=0)

    def __enter__(self) -> "ForumProcess":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
