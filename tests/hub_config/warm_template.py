"""A real template for tests, and what is forked from it in rooms of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from conventions.texts import ROOT
from hub_config.warm import template
from hub_config.warm.sandbox import Sandbox
from tests.waiting import PATIENCE, until
from widgets.kernels.forking import Forked, fork, order

# What its log says once it has imported all, which may take longer than who asks it for a process waits.
READY = "event=template-ready"
ROOM = Sandbox(readable=[ROOT / name for name in ("conventions", "widgets")])


class Template:
    """`process` listens at `socket`; rooms have their homes in `folder`."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]") -> None:
        self.folder, self.process, self.socket = folder, process, folder / "warm" / "template"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def home(self, name: str) -> Path:
        home = self.folder / name
        home.mkdir(exist_ok=True)
        return home

    def start(
        self, code: str, name: str = "home", env: Mapping[str, str] = {}, guardian: int = 0, room: Sandbox = ROOM
    ) -> Forked:
        """Run code in a room; what it prints goes to `<name>/printed`."""
        home, given = self.home(name), {"PYTHONPATH": str(ROOT), **env}
        argv = [sys.executable, "-c", code]
        plan = room.plan(argv, home, network=True, keep=given, guardian=guardian, forks=True)
        with (home / "printed").open("wb") as printed:
            places = {1: printed.fileno(), 2: printed.fileno()}
            return fork(self.socket, {**order(argv, given, "/"), "plan": plan}, places, PATIENCE)

    def run(self, code: str, name: str = "home", env: Mapping[str, str] = {}) -> str:
        """What it printed once it has ended."""
        self.start(code, name, env).wait(PATIENCE)
        return (self.folder / name / "printed").read_text()


@contextmanager
def running_template(folder: Path, secrets: Mapping[str, str] = {}, packages: Path | None = None) -> Iterator[Template]:
    """A template that is started by this process, whose own environment may hold `secrets`.

    Python looks for its packages in `packages`, too.
    """
    before = {**os.environ}
    os.environ.update(secrets)
    path = folder / "warm" / "template"
    env = template.surroundings()
    if packages:
        env["PYTHONPATH"] += f":{packages}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(template.command(path), env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        running = Template(folder, process)
        until(lambda: READY in running.log)
        yield running
    finally:
        process.kill()
        process.wait()
        os.environ.clear()
        os.environ.update(before)
