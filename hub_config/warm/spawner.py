"""Starts each member's own Jupyter server in a sandbox: JupyterLab and Notebook, in her language.

It is forked from the template where one answers, which takes a fifth of a second, and started anew otherwise; both
enter the same sandbox and run the same command.
"""

import asyncio
import importlib.util
import os
import shlex
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import Any as Anything
from traitlets import Callable, Instance, Integer, Unicode, default

from conventions import logs
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, ROOT, texts
from hub_config.settings import Settings
from hub_config.warm import groups, metrics, rooms
from hub_config.warm.sandbox import FIRST_MEMBER_UID, HOME, Sandbox
from widgets.kernels.forking import NotForked, fork, order

# The environment's name for it, and where the server finds the socket that listens for it already.
LISTENER, PLACE = "CHM_LISTENER", 3
# The module that takes such a socket over; any other command opens its own at the same port.
TAKES_OVER = "courses.learner"
EXTENSION = "courses.learner.server"
# What these offer is for authors and the public, or is replaced; each would cost every learner's server time to load.
LEFT_OUT = (
    *("nbgrader.server_extensions.course_list", "nbgrader.server_extensions.formgrader"),
    *("jupyter_lsp", "voila.server_extension"),
)
LAB_EXTENSIONS = ROOT / "courses" / "learner" / "labextension"
SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class SandboxedSpawner(SimpleLocalProcessSpawner):
    """A member's server sees its home, `courses.learner`, `widgets` and `conventions`; nothing else of ours.

    `settings` are the platform's; `language_of` tells a member's language from her user name and `is_author`
    whether she writes courses; `exchange_url` is where the notebook's hand-in button sends work.
    """

    settings = Instance(Settings).tag(config=True)
    language_of = Callable(lambda _name: SOURCE).tag(config=True)
    is_author = Callable(lambda _name: False).tag(config=True)
    exchange_url = Unicode().tag(config=True)

    guardian = Integer(help="The process that servers end with; the Hub may end, and find them again.")
    # A `Popen`, or what is like one for a forked process.
    proc = Anything(None, allow_none=True)
    port: int
    began = 0

    @default("guardian")
    def _guardian(self) -> int:
        """What started the Hub."""
        return os.getppid()

    # How long servers have taken to start lately, in seconds; the progress bar goes by it.
    usual_seconds = 6.0

    @property
    def home(self) -> Path:
        """The member's home outside the sandbox."""
        homes: Path = self.settings.home / "homes"
        return homes / safe_name(self.user.name)

    @property
    def safe(self) -> str:
        """A file's name for this one of her servers."""
        return ".".join(safe_name(part) for part in (self.user.name, self.name) if part)

    @property
    def group(self) -> str:
        """The name of the control group of this one of her servers."""
        return f"server-{self.safe}"

    @property
    def language(self) -> str:
        code: str = self.language_of(self.user.name)
        return code if code in LANGUAGES else SOURCE

    @property
    def lab_settings(self) -> Path:
        """The defaults of JupyterLab and Notebook for this member."""
        return rooms.lab_settings(self.settings.home, self.language, author=self.is_author(self.user.name))

    def get_env(self) -> dict[str, str]:
        """What the server and its kernels are told; nothing of the Hub's own environment but path and locale."""
        env: dict[str, str] = super().get_env()
        env |= {
            "CHM_LANGUAGE": self.language,
            "JUPYTER_CONFIG_PATH": str(self.lab_settings),
            "CHM_EXCHANGE_URL": self.exchange_url,
            "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
        }
        return env | ({"JUPYTER_RUNTIME_DIR": "/tmp/jupyter"} if self.settings.sandbox else {})  # noqa: S108

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        return {**env, "USER": "learner", "HOME": HOME if self.settings.sandbox else str(self.home)}

    def get_args(self) -> list[str]:
        """Options of Jupyter Server, JupyterLab and Notebook, which learners' own files cannot override."""
        args = [*super().get_args(), f"--LabServerApp.app_settings_dir={self.lab_settings}"]
        # Nothing can be installed into a room; the manager that could would ask the makers' index, and costs memory.
        args.append("--LabApp.extension_manager=readonly")
        if LAB_EXTENSIONS.is_dir():
            args.append(f"--LabServerApp.extra_labextensions_path={LAB_EXTENSIONS}")
        extensions = {**dict.fromkeys(LEFT_OUT, False), **({EXTENSION: True} if _importable(EXTENSION) else {})}
        args += [f"--ServerApp.jpserver_extensions={name}={wanted}" for name, wanted in extensions.items()]
        # On TCP, whoever is on this machine could listen to what a kernel prints. Without a sandbox the home's path
        # may be too long for a socket; a server that tries the platform alone may run as root, too.
        args.append("--KernelManager.transport=ipc" if self.settings.sandbox else "--ServerApp.allow_root=True")
        return args

    async def start(self) -> tuple[str, int]:
        """Start the server; the process that is watched is the sandbox's keeper, which ends all with it."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = self.settings.home / "logs" / "servers"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # It listens from now on, so that no other process gets the port, and whoever comes early waits.
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            self.port = listener.getsockname()[1]
            env, argv = self.get_env(), [*self.cmd, *self.get_args()]
            argv = [*self.shell_cmd, shlex.join(argv)] if self.shell_cmd else argv
            with (folder / f"{self.safe}.log").open("wb") as log:
                begun = time.monotonic()
                warm = await self._warm(argv, env, listener, log.fileno())
                listener.close()
                self.proc = warm or self._cold(argv, env, log.fileno())
        how = "warm" if warm else "cold"
        took = time.monotonic() - begun
        metrics.STARTS.labels(how).inc()
        metrics.SECONDS.labels(how).observe(took)
        self.pid = self.proc.pid
        logs.tell(self.log, "server-started", member=self.user.name, how=how, seconds=took, pid=self.pid)
        metrics.usage.watch(self.pid)
        self.began = started_at(self.pid)
        return "127.0.0.1", self.port

    def _room(self, keep: Iterable[str]) -> tuple[Sandbox, dict[str, Any]]:
        """Her room, and of its plan whose it is, what of the environment comes into it, and whom it ends with."""
        room = rooms.learner(self.settings, self.mem_limit or 0, self.cpu_limit or 0)
        uid = FIRST_MEMBER_UID + self.user.orm_user.id
        return room, {"network": True, "uid": uid, "keep": keep, "guardian": self.guardian, "group": self.group}

    async def _warm(self, argv: list[str], env: dict[str, str], listener: socket.socket, log: int) -> Any:
        """Forked from the template; None if it cannot be."""
        if not self.settings.sandbox or self.popen_kwargs:
            return None
        places = {1: log, 2: log}
        if TAKES_OVER in argv:
            env, places = {**env, LISTENER: str(PLACE)}, {**places, PLACE: listener.fileno()}
        else:
            listener.close()
        try:
            room, options = self._room(env)
            asked = {**order(argv, env, HOME), "plan": room.plan(argv, self.home, **options, forks=True)}
            work = partial(fork, self.settings.template, asked, places)
            return await asyncio.get_running_loop().run_in_executor(None, work)
        except NotForked as reason:
            logs.tell(self.log, "server-cold", member=self.user.name, reason=str(reason))
            return None

    def _cold(self, argv: list[str], env: dict[str, str], log: int) -> Any:
        """A Python of its own."""
        if self.settings.sandbox:
            room, options = self._room(env)
            argv = room.command(argv, self.home, **options)
        usual = {"cwd": self.home, "start_new_session": True, "stdin": DEVNULL, "stdout": log, "stderr": STDOUT}
        return Popen(argv, **{**usual, **self.popen_kwargs, "env": env})

    def get_state(self) -> dict[str, Any]:
        """The process, and when it began, so that another one of its number is not taken for it."""
        state: dict[str, Any] = super().get_state()
        return {**state, "began": self.began} if self.pid else state

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        self.began = state.get("began", 0)
        metrics.usage.watch(self.pid)

    def clear_state(self) -> None:
        """There is no process any more, by whatever end."""
        if self.pid and self.began:
            logs.tell(self.log, "server-stopped", member=self.user.name, seconds=age(self.began))
        self.began = 0
        super().clear_state()

    async def poll(self) -> int | None:
        """None while it runs, else its exit code if that is known; then nothing of it is left, its group neither."""
        had = self.pid
        status: int | None = await super().poll()
        if had and status is not None:
            gone = await asyncio.get_running_loop().run_in_executor(None, groups.remove, self.group)
            if not gone:
                self.log.warning("The control group of %s is not empty yet; her next server takes it", self._log_name)
        return status

    async def _signal(self, sig: int) -> bool:
        """Signal the process, or with 0 ask only; whether it is there and the one that was started."""
        began = started_at(self.pid)
        if not began or began != (self.began or began):
            return False
        there: bool = await super()._signal(sig)
        return there

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What is happening, in her language; the bar goes by how long servers have taken lately."""
        say, began = texts(self.language), time.monotonic()
        yield {"progress": 10, "message": say(N_("Your folder is being prepared."))}
        while not self.pid:
            await asyncio.sleep(0.2)
        yield {
            "progress": 25,
            "message": say(N_("Your server is starting: Python, JupyterLab and the course's tools.")),
        }
        while not await self._listens():
            share = (time.monotonic() - began) / self.usual_seconds
            yield {"progress": 25 + int(60 * min(1.0, share))}
            await asyncio.sleep(0.4)
        type(self).usual_seconds = max(1.0, (self.usual_seconds + time.monotonic() - began) / 2)
        yield {"progress": 90, "message": say(N_("Your server is running. The page opens in a moment."))}

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


def started_at(pid: int) -> int:
    """When a process began, in the machine's ticks since it started; 0 if it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


def age(began: int) -> float:
    """Seconds since a moment that `started_at` told."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")


def safe_name(name: str) -> str:
    """A folder's name for a user name: one to one, and never a path."""
    return "".join(c if c in SAFE else f"_{ord(c):x}_" for c in name)


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
