"""The embedded forum as a real process that tests start, stop and start again."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from forum_bridge.discourse import Discourse
from tests.ports import free_port

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
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/srv/status", trust_env=False).text == "ok":
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError("the embedded forum did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def client(self) -> Discourse:
        """A client that waits for nothing."""
        return Discourse(self.url, KEY, sso_secret=SECRET, patience=0)

    def __enter__(self) -> "ForumProcess":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
