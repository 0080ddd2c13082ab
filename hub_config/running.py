"""The platform as processes: started, waited for, and ended so that none is left."""

import errno
import fcntl
import logging
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from conventions import logs
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from hub_config import ports
from hub_config.gate import Gate
from hub_config.interrupt import Interrupt
from hub_config.process import Process, Program, libc
from hub_config.programs import front_door
from hub_config.settings import Settings
from hub_config.warm import groups

log = logging.getLogger(__name__)
LEAST_FREE_BYTES = 500_000_000
START_SECONDS, STOP_SECONDS = 120, 40
# How this machine reaches a platform that listens on all of its addresses.
OWN_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
ADOPT_ORPHANS = 36  # from <linux/prctl.h>


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
def platform(settings: Settings) -> Iterator["Running"]:
    """The platform with the processes of its front door; when the block ends, all its processes have ended.

    They import what they need and wait at `gate`, which whoever has brought the state up to date then opens.
    """
    with _alone(settings.home), Gate(settings.home) as gate:
        _limit_rooms(settings)
        # Processes that outlive their parents become ours, so that the end finds all of them.
        libc.prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
        interrupt = Interrupt()
        ports.choose(settings.home)
        started = Running(settings, gate, interrupt)
        try:
            started.start(front_door(settings))
            yield started
        finally:
            started.stop()


def _limit_rooms(settings: Settings) -> None:
    """Before any other process is there, make the control groups if they can be; the log says what holds."""
    with logs.told_in(settings.home / "logs" / "limits.log", log, settings.log_format):
        try:
            group, kinds = groups.claim(isolated=settings.sandbox)
            logs.tell(log, "rooms-limited", group=str(group), kinds=", ".join(kinds))
        except groups.Missing as reason:
            logs.tell(log, "rooms-unlimited", reason=str(reason))


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
    """All processes of the platform; the Hub has the proxy and the members' servers below it."""

    def __init__(self, settings: Settings, gate: Gate, interrupt: Interrupt) -> None:
        self.gate, self._interrupt = gate, interrupt
        self._home, self._logs = settings.home, settings.home / "logs"
        at = ports.read(settings.home)
        self._hub, self._portal = (f"http://127.0.0.1:{at[name]}" for name in ("hub", "portal"))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._door = f"http://{OWN_ADDRESSES.get(settings.host, host)}:{settings.port}"
        self._processes: list[Process] = []

    def start(self, programs: Iterable[Program]) -> None:
        for program in programs:
            self._processes.append(Process(program, self._home, self._logs))

    def until_open(self) -> None:
        """Wait until Hub and portal answer at the front door; `start-failed` names the log if they do not."""
        deadline = time.monotonic() + START_SECONDS
        # The proxy would log each question that comes before Hub and portal are there to be asked.
        for url in (f"{self._hub}/hub/health", f"{self._portal}/", f"{self._door}/hub/login", f"{self._door}/"):
            while not _answers(url):
                late = time.monotonic() > deadline
                for process in self._processes:
                    if process.ended or late:
                        raise _failed(process)
                time.sleep(0.05)

    def watch(self, tell: Callable[[Process], None]) -> None:
        """Until Ctrl-C or SIGTERM, as `KeyboardInterrupt` if they can: what has ended is told of, and started again."""
        while not self._interrupt.asked:
            for process in self._processes:
                if process.tend():
                    tell(process)
            _reap(set(_children()) - {process.pid for process in self._processes})
            time.sleep(0.5)

    def stop(self) -> None:
        """End all in good order, the Hub with what it started, then whatever is still there."""
        for process in reversed(self._processes):
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes:
            process.finish(deadline)
        for number in (signal.SIGTERM, signal.SIGKILL):
            _end_children(number, seconds=3)


def _failed(process: Process) -> ClearingHouseError:
    return ClearingHouseError(
        "start-failed",
        N_("The platform did not start. Its last words: {words}. All of them are in {log}."),
        words=process.last_words(),
        log=str(process.log),
    )


def _answers(url: str) -> bool:
    """Whether something answers there with success or a redirection."""
    address = urlsplit(url)
    connection = HTTPConnection(str(address.hostname), address.port, timeout=5)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


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


def _reap(children: Iterable[int]) -> None:
    for child in children:
        try:
            os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            continue
