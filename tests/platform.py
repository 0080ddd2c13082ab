"""A real platform for tests: `with running_platform(tmp_path) as p:` starts what `chm serve` starts, on free ports.

It is a process of its own with a home of its own; when the block ends, it is stopped as Ctrl-C stops it.
"""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from conventions.texts import ROOT
from expert_db.database import Database
from hub_config.settings import Settings
from tests.ports import free_port
from tests.waiting import PATIENCE, until

# As a terminal starts a command, whoever has started the tests: what a script starts with `&` does not hear Ctrl-C.
FOREGROUND = ("env", "--default-signal=INT")


@dataclass(frozen=True)
class RunningPlatform:
    """`address` has no slash at the end; `said` is what the console showed until the platform was open."""

    address: str
    home: Path
    process: "subprocess.Popen[str]"
    said: str

    @property
    def database(self) -> Database:
        return Database(Settings(home=self.home).database)

    @property
    def passwords(self) -> dict[str, str]:
        """User name → password, as the console showed them."""
        return dict(re.findall(r"^  (\S+)  +(\S+)  +\S", self.said, re.MULTILINE))

    def browser(self, language: str = "en") -> "Browser":
        return Browser(self.address, language)


class Browser(httpx.Client):
    """A browser without script: keeps cookies, follows redirects, fills in the Hub's forms."""

    def __init__(self, address: str, language: str = "en") -> None:
        super().__init__(
            base_url=address, follow_redirects=True, timeout=PATIENCE, headers={"Accept-Language": language}
        )

    def fill(self, path: str, **fields: str) -> httpx.Response:
        """Open the Hub's form at `path` and post it with these fields."""
        token = re.search(r'name="_xsrf" value="([^"]+)"', self.get(path).text)
        assert token, f"no form at {path}"
        return self.post(path, data={**fields, "_xsrf": token[1]})

    def sign_in(self, name: str, password: str) -> httpx.Response:
        return self.fill("/hub/login", username=name, password=password)

    def api(self, method: str, path: str) -> httpx.Response:
        """Ask the Hub's API as the person who is signed in."""
        token = re.search(
            r'"X-XSRFToken": "([^"]+)"|name="_xsrf" value="([^"]+)"', self.get("/hub/change-password").text
        )
        assert token
        return self.request(method, f"/hub/api/{path}", headers={"X-XSRFToken": token[1] or token[2]})

    def start_server(self, name: str) -> str:
        """Start her own server and wait until it answers; the path of its API."""
        self.api("POST", f"users/{name}/server").raise_for_status()
        until(lambda: self.get(f"/hub/api/users/{name}").json()["servers"].get("", {}).get("ready"))
        return f"/user/{name}/api"


def at_front_door(answer: httpx.Response) -> bool:
    """Whether a browser that followed what it was told ended at the portal's first page, signed in."""
    return answer.is_success and answer.url.path == "/" and 'action="/sign-out"' in answer.text


@contextmanager
def running_platform(home: Path, *arguments: str) -> Iterator[RunningPlatform]:
    """A platform with its state in `home`."""
    port = free_port()
    process = start("--port", str(port), "--home", str(home), *arguments)
    try:
        yield RunningPlatform(f"http://127.0.0.1:{port}", home, process, _until_open(process, home))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        finally:
            # Where it did not end, the test fails; its parts end with it.
            process.kill()
            assert process.stdout is not None
            process.stdout.close()


def start(*arguments: str) -> "subprocess.Popen[str]":
    """`chm serve` with these arguments, its console in a pipe."""
    command: Sequence[str] = (*FOREGROUND, sys.executable, "-m", "hub_config.cli", "serve", *arguments)
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _until_open(process: "subprocess.Popen[str]", home: Path) -> str:
    """Read the console until it says how to stop; a platform that ends instead fails the test with its words."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    log = home / "logs" / "hub.log"
    tail = log.read_text(errors="replace")[-3000:] if log.exists() else ""
    assert process.poll() is None and "Ctrl-C" in said, said + tail
    return said
