"""Starts each member's own Jupyter server in a sandbox: JupyterLab and Notebook, in her language."""

import asyncio
import importlib.util
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Callable, Instance, Unicode

from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, ROOT, texts
from hub_config.settings import Settings
from hub_config.warm import rooms
from hub_config.warm.sandbox import FIRST_MEMBER_UID, HOME

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

    # How long servers have taken to start lately, in seconds; the progress bar goes by it.
    usual_seconds = 6.0

    @property
    def home(self) -> Path:
        """The member's home outside the sandbox."""
        homes: Path = self.settings.home / "homes"
        return homes / safe_name(self.user.name)

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
        self.port: int = self.port or random_port()
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        env = self.get_env()
        argv = [*self.cmd, *self.get_args()]
        if self.settings.sandbox:
            uid = FIRST_MEMBER_UID + self.user.orm_user.id
            argv = rooms.learner(self.settings).command(argv, self.home, network=True, uid=uid, keep=env)
        logs = self.settings.home / "logs" / "servers"
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (logs / f"{self.home.name}.log").open("wb") as log:
            self.proc = Popen(
                argv, env=env, cwd=self.home, start_new_session=True, stdin=DEVNULL, stdout=log, stderr=STDOUT
            )
        self.pid = self.proc.pid
        return "127.0.0.1", self.port

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


def safe_name(name: str) -> str:
    """A folder's name for a user name: one to one, and never a path."""
    return "".join(c if c in SAFE else f"_{ord(c):x}_" for c in name)


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
