"""The platform as processes: started, waited for, and ended so that none is left."""

import ctypes
import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from conventions.errors import ClearingHouseError
from conventions.texts import N_, ROOT
from hub_config import ports
from hub_config.settings import Settings
from hub_config.warm import template

CONFIGURATION = ROOT / "hub_config" / "jupyterhub_config.py"
LEAST_FREE_BYTES = 500_000_000
START_SECONDS, STOP_SECONDS = 120, 40
# How this machine reaches a platform that listens on all of its addresses.
OWN_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
DIE_WITH_PARENT, ADOPT_ORPHANS = 1, 36  # from <linux/prctl.h>

libc = ctypes.CDLL(None)


def check_machine(settings: Settings) -> None:
    """Raises `home-not-writable`, `disk-full`, `port-taken` or `port-forbidden`; makes the home if it is not there."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (settings.home / "logs").mkdir(mode=0o700, exist_ok=True)
        # Folders that are there already say nothing of whether they can be written to.
        tempfile.TemporaryFile(dir=settings.home).close()
    except OSError as error:
        raise ClearingHouseError(
            "home-not-writable",
            N_("The folder {home} cannot be written: {reason}. Name another with --home."),
            home=str(settings.home),
            reason=error.strerror,
        ) from error
    check_room(settings.home)
    _check_port(settings.host, settings.port)


def check_room(home: Path) -> None:
    """Raises `disk-full` where there is no room for learners' work."""
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        raise ClearingHouseError(
            "disk-full",
            N_("Only {free} MB are free where {home} is; the platform needs {needed} MB. Free some, or use --home."),
            free=free // 1_000_000,
            needed=LEAST_FREE_BYTES // 1_000_000,
            home=str(home),
        )


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            code, sentence = PORT_PROBLEMS.get(error.errno or 0, PORT_PROBLEMS[0])
            raise ClearingHouseError(code, sentence, host=host, port=port, reason=error.strerror) from error


PORT_PROBLEMS = {
    errno.EADDRINUSE: (
        "port-taken",
        N_("Something else listens on {host}:{port}. End it, or choose another port with --port."),
    ),
    errno.EACCES: (
        "port-forbidden",
        N_("You may not listen on port {port}. Choose one above 1023 with --port."),
    ),
    0: ("address-bad", N_("The platform cannot listen on {host}:{port}: {reason}.")),
}


@contextmanager
def platform(settings: Settings, meanwhile: Callable[[], None]) -> Iterator["Running"]:
    """The running platform; when the block ends, in whatever way, all its processes have ended.

    `meanwhile` is done while the processes start.
    """
    with _alone(settings.home):
        # Processes that outlive their parents become ours, so that the end finds all of them.
        libc.prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        ports.choose(settings.home)
        started = Running(settings)
        try:
            meanwhile()
            started.until_open()
            yield started
        finally:
            started.stop()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Only one platform at a time has a home; the lock ends with the process."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ClearingHouseError(
                "already-running", N_("The platform already runs with the folder {home}. End it first."), home=str(home)
            ) from error
        yield


class Running:
    """The Hub with all that it starts: proxy, portal, dashboards, forum, members' servers."""

    def __init__(self, settings: Settings) -> None:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._door = f"http://{OWN_ADDRESSES.get(settings.host, host)}:{settings.port}"
        self.log = settings.home / "logs" / "hub.log"
        if self.log.exists():
            self.log.replace(self.log.with_name("hub.previous.log"))
        with self.log.open("wb") as log:
            self._hub = subprocess.Popen(
                [sys.executable, "-m", "hub_config", "--config", str(CONFIGURATION)],
                cwd=settings.home,
                env=_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is for `chm serve`, which ends the Hub in good order.
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (there are no threads yet)
            )
        with (settings.home / "logs" / "template.log").open("wb") as log:
            self._template = subprocess.Popen(
                template.command(settings.template),
                cwd=settings.home,
                env=template.surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (there are no threads yet)
            )

    def until_open(self) -> None:
        """Wait until Hub and portal answer at the front door; `start-failed` names the log if they do not."""
        deadline = time.monotonic() + START_SECONDS
        wanted = [f"{self._door}/hub/login", f"{self._door}/"]
        while wanted:
            if self._hub.poll() is not None or time.monotonic() > deadline:
                raise ClearingHouseError(
                    "start-failed",
                    N_("The platform did not start. Its last words: {words}. All of them are in {log}."),
                    words=self._last_words(),
                    log=str(self.log),
                )
            wanted = [url for url in wanted if not _answers(url)]
            time.sleep(0.1 if wanted else 0)

    def wait(self) -> int:
        """Until Ctrl-C, SIGTERM, or the Hub's own end, which is an error (`hub-ended`)."""
        try:
            self._hub.wait()
        except KeyboardInterrupt:
            return 0
        raise ClearingHouseError(
            "hub-ended",
            N_("The Hub has ended: {words}. All is in {log}. Start the platform again with `chm serve`."),
            words=self._last_words(),
            log=str(self.log),
        )

    def stop(self) -> None:
        """End the Hub, which ends what it started, then whatever is still there."""
        self._hub.terminate()
        try:
            self._hub.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._hub.kill()
            self._hub.wait()
        for number in (signal.SIGTERM, signal.SIGKILL):
            _end_children(number, seconds=3)

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "–"


def _environment(settings: Settings) -> dict[str, str]:
    """What the Hub and all that it starts are told; programs that came with this Python are found by name."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, **settings.environment, "PATH": path, "PYTHONPATH": str(ROOT)}


def _end_with_parent() -> None:
    libc.prctl(DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, follow_redirects=False).status_code < 400
    except httpx.HTTPError:
        return False


def _end_children(number: int, seconds: float) -> None:
    """Signal every child, adopted ones too, and reap what ends."""
    deadline = time.monotonic() + seconds
    while children := _children():
        for child in children:
            os.kill(child, number)
        time.sleep(0.1)
        _reap(children)
        if time.monotonic() > deadline:
            return


def _children() -> list[int]:
    return [int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def _reap(children: list[int]) -> None:
    for child in children:
        try:
            os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            continue
