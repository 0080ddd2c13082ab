"""Two Hubs that differ in their spawner alone: the platform's with its template, and JupyterHub's own as released.

Both run the same JupyterHub, proxy and packages, and leave out the same server extensions. The stock one is
`SimpleLocalProcessSpawner`: `LocalProcessSpawner` without the need for accounts of the operating system.
"""

import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import websocket

from conventions.errors import ClearingHouseError
from conventions.texts import N_, ROOT
from hub_config import ports, proxy
from hub_config.settings import Settings
from hub_config.warm import template
from hub_config.warm.lab import write_lab_settings
from hub_config.warm.spawner import LEFT_OUT

PATIENCE = 180.0
IMPORTS = "import pandas, ipywidgets, plotly.express\nprint('done')"
# In this order, as a browser's developer tools show them.
PAGE = (
    *("lab", "lab/api/translations/en", "lab/api/settings", "lab/api/translations", "api/kernelspecs", "api/me"),
    *("lab/api/workspaces/default", "api/nbconvert", "api/sessions", "api/kernels", "api/terminals"),
    *("api/contents?content=1", "lab/api/workspaces"),
)
EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
SCOPES = ("admin:users", "admin:servers", "admin:server_state", "access:servers", "read:hub")
COMMON = """
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.db_url = f"sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{folder}/cookie-secret"
c.JupyterHub.bind_url = f"http://127.0.0.1:{at['portal']}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{at['hub']}"
c.ConfigurableHTTPProxy.command = proxy
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{at['proxy']}"
c.ConfigurableHTTPProxy.pid_file = f"{folder}/proxy.pid"
c.JupyterHub.services = [{"name": "benchmark", "api_token": token}]
c.JupyterHub.load_roles = [{"name": "benchmark", "services": ["benchmark"], "scopes": list(scopes)}]
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
"""
STOCK = """
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{folder}/homes/{{username}}"
c.Spawner.args = [f"--ServerApp.jpserver_extensions={name}=False" for name in left_out]
c.Spawner.args.append("--ServerApp.allow_root=True")
"""
OURS = """
import sys
from pathlib import Path
from hub_config.settings import Settings
from hub_config.warm.spawner import SandboxedSpawner
c.JupyterHub.spawner_class = SandboxedSpawner
c.SandboxedSpawner.settings = Settings(home=Path(folder))
c.SandboxedSpawner.cmd = [sys.executable, "-m", "courses.learner"]
c.SandboxedSpawner.default_url = "/lab"
"""


class Hub:
    """A running Hub, spoken to through its API; a server is ready when the Hub says so."""

    def __init__(self, at: dict[str, int], token: str) -> None:
        self._at, self._headers = at, {"Authorization": f"token {token}"}

    def ask(self, method: str, path: str, body: Any = None, *, port: str = "hub") -> tuple[int, Any]:
        """Status and content of an answer of the Hub or, at the port `portal`, of what is behind its proxy."""
        status, content = self._answer(method, path, body, port)
        return status, json.loads(content) if content else None

    def text(self, path: str) -> str:
        """What the Hub answers, as it is."""
        return self._answer("GET", path, None, "hub")[1].decode()

    def _answer(self, method: str, path: str, body: Any, port: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._at[port], timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def add(self, name: str) -> None:
        self.ask("POST", f"/hub/api/users/{name}")

    def start(self, name: str) -> float:
        """Seconds from the request until the server is ready."""
        began = time.monotonic()
        status, said = self.ask("POST", f"/hub/api/users/{name}/server")
        if status not in {201, 202}:
            raise failed(f"{status} {said}")
        # The Hub answers at once when it takes ten seconds or more.
        while status == 202 and not self.server(name).get("ready"):
            if time.monotonic() - began > PATIENCE:
                raise failed(f"{name}: not ready in {PATIENCE:.0f} s")
            time.sleep(0.2)
        return time.monotonic() - began

    def server(self, name: str) -> dict[str, Any]:
        servers = self.ask("GET", f"/hub/api/users/{name}")[1]["servers"]
        return dict(servers.get("", {}))

    def stop(self, name: str) -> None:
        self.ask("DELETE", f"/hub/api/users/{name}/server")
        while self.server(name):
            time.sleep(0.1)

    def start_all(self, names: list[str]) -> float:
        """Seconds from the first request until the last of them is ready."""
        began = time.monotonic()
        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(self.start, names))
        return time.monotonic() - began

    def memory(self, name: str) -> float:
        """Megabytes that only this server's processes have, its sandbox's and kernels' included."""
        return sum(map(private, family(int(self.server(name)["state"]["pid"])))) / 1e6

    def kernel(self, name: str) -> float:
        """Seconds from the request for a kernel until a first cell has imported pandas, ipywidgets and plotly."""
        began = time.monotonic()
        _, found = self.ask("POST", f"/user/{name}/api/kernels", {"name": "python3"}, port="portal")
        connection = self.connection(name, found["id"])
        run(connection, IMPORTS)
        seconds = time.monotonic() - began
        connection.close()
        return seconds

    def connection(self, name: str, kernel: str) -> websocket.WebSocket:
        """A websocket to a kernel of hers."""
        address = f"ws://127.0.0.1:{self._at['portal']}/user/{name}/api/kernels/{kernel}/channels"
        return websocket.create_connection(address, header=self._headers, timeout=PATIENCE)

    def save(self, name: str) -> None:
        """Have a notebook in her home."""
        self._notebook("PUT", name, {"type": "notebook", "content": EMPTY})

    def read(self, name: str) -> None:
        """Open it, as JupyterLab does before it asks for the notebook's kernel."""
        self._notebook("GET", name)

    def _notebook(self, method: str, name: str, body: Any = None) -> None:
        status, found = self.ask(method, f"/user/{name}/api/contents/notebook.ipynb", body, port="portal")
        if status >= 300:
            raise failed(str(found))

    def open(self, name: str) -> float:
        """Open her page of JupyterLab: what a browser asks for until it is complete, but for files, which it keeps.

        Seconds that it takes, one request after the other.
        """
        began = time.monotonic()
        for path in PAGE:
            status, content = self._answer("GET", f"/user/{name}/{path}", None, "portal")
            if status != 200:
                raise failed(f"{status} {content[-500:]!r}")
        return time.monotonic() - began


def run(connection: Any, code: str) -> None:
    """Run a cell until its reply; an error in it is one of the benchmark's."""
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "session": "b", "username": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    connection.send(json.dumps(request))
    while True:
        message = json.loads(connection.recv())
        if message["msg_type"] == "execute_reply" and message["parent_header"]["msg_id"] == header["msg_id"]:
            if message["content"]["status"] != "ok":
                raise failed(str(message["content"]))
            return


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        path = Path(f"/proc/{each}/task/{each}/children")
        found += [int(child) for child in path.read_text().split()] if path.exists() else []
    return found


def check_sight() -> None:
    """Raises `benchmark-failed` for anybody but root, who alone is shown the memory of what runs in a sandbox."""
    if os.geteuid():
        raise failed("only root is shown the memory of sandboxed processes; run it as root.")


def private(pid: int) -> int:
    """Bytes that no other process shares: `Private_Clean` and `Private_Dirty` of its memory."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def failed(reason: str) -> ClearingHouseError:
    return ClearingHouseError("benchmark-failed", N_("The benchmark could not be run: {reason}"), reason=reason)


@contextmanager
def ours() -> Iterator[Hub]:
    """The platform's spawner, with its template."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chm-bench-")))
        settings = Settings(home=folder)
        write_lab_settings(folder)
        command = template.command(settings.template)
        stack.enter_context(process(command, template.surroundings(), folder / "template.log"))
        yield stack.enter_context(hub(folder, OURS))


@contextmanager
def stock() -> Iterator[Hub]:
    """JupyterHub's own spawner."""
    with tempfile.TemporaryDirectory(prefix="chm-bench-") as folder, hub(Path(folder), STOCK) as running:
        yield running


@contextmanager
def hub(folder: Path, spawner: str) -> Iterator[Hub]:
    """A Hub with its state in `folder`, ended with all that it has started."""
    at, token = ports.choose(folder), secrets.token_hex(32)
    given = {
        **{"folder": str(folder), "at": at, "token": token, "scopes": SCOPES, "left_out": LEFT_OUT},
        "proxy": proxy.command(),
    }
    lines = [f"{name} = {value!r}" for name, value in given.items()]
    (folder / "config.py").write_text("\n".join([*lines, COMMON, spawner]), encoding="utf-8")
    (folder / "homes").mkdir(exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(folder / "config.py")]
    with process(command, env, folder / "hub.log"):
        running, deadline = Hub(at, token), time.monotonic() + PATIENCE
        while not answers(running):
            if time.monotonic() > deadline:
                raise failed((folder / "hub.log").read_text(encoding="utf-8", errors="replace")[-500:])
            time.sleep(0.2)
        yield running


def answers(running: Hub) -> bool:
    try:
        return running.ask("GET", "/hub/api/", port="portal")[0] == 200
    except (OSError, http.client.HTTPException, ValueError):
        return False


@contextmanager
def process(command: list[str], env: dict[str, str], log: Path) -> Iterator[int]:
    """A process, by its number, that is told to end when the block does."""
    with log.open("wb") as said:
        started = subprocess.Popen(command, env=env, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(60)
