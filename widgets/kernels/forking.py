"""Asks a fork server for a process: one that has imported already what a program is about to import.

A request is one message on a Unix socket: its length, then JSON, with open files beside it. The forked process
answers with its number and a descriptor of itself; when it has ended, the fork server sends its exit code. Nothing is
unpickled. The server's side is `hub_config.warm.forks`; learners' and visitors' servers ask for kernels from here.
"""

import array
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import dropwhile
from pathlib import Path
from typing import Any

LONGEST = 1_000_000
MOST_FILES = 8
# Options of the interpreter that a fork server's own has, or that make no difference to a process forked from it.
SAME = frozenset({"-Xfrozen_modules=off", "-P"})
# Variables that a Python reads as it starts; these few can be followed later, any other asks for a start of its own.
FOLLOWED = frozenset({"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONIOENCODING"})


class NotForked(Exception):
    """No fork server answers here, or what was asked for is nothing that it can run."""


def order(argv: Sequence[str], env: Mapping[str, str], cwd: str) -> dict[str, Any]:
    """What to ask for: `argv` must be this Python with `-m module …` or `-c code …`; NotForked if it is not."""
    if not argv or not Path(argv[0]).exists() or not Path(argv[0]).samefile(sys.executable):
        raise NotForked(f"{argv[0] if argv else 'nothing'} is not the Python that is running already")
    if own := [name for name in env if name.startswith("PYTHON") and name not in FOLLOWED]:
        raise NotForked(f"{own[0]} is heard by a Python only as it starts")
    rest = [*dropwhile(SAME.__contains__, argv[1:])]
    if len(rest) < 2 or rest[0] not in {"-m", "-c"}:
        raise NotForked("it runs neither a module nor code given as text")
    return {"argv": [*argv], "env": dict(env), "cwd": cwd}


def send(connection: socket.socket, message: Mapping[str, Any], files: Sequence[int] = ()) -> None:
    """Send one message with copies of open files."""
    content = json.dumps(message).encode()
    beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
    head = struct.pack("!I", len(content))
    connection.sendmsg([head], beside)
    connection.sendall(content)


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next message and its files; EOFError if none comes any more, ValueError if it is not one of ours."""
    size = array.array("i").itemsize
    head, beside, flags, _ = connection.recvmsg(4, socket.CMSG_SPACE(MOST_FILES * size), socket.MSG_WAITALL)
    files = array.array("i")
    for level, kind, data in beside:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(data[: len(data) - len(data) % size])
    if len(head) < 4:
        raise EOFError
    length = struct.unpack("!I", head)[0]
    if length > LONGEST or flags & socket.MSG_CTRUNC:
        raise ValueError("the message is too long")
    message = json.loads(_exactly(connection, length))
    if not isinstance(message, dict):
        raise ValueError("the message is no object")
    return message, list(files)


def _exactly(connection: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise EOFError
        content += part
    return bytes(content)


class Forked:
    """A forked process, with what jupyter_client and the Hub use of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int, watched: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection, self._watched = connection, watched

    def poll(self) -> int | None:
        """The exit code, negative for a signal, as of `Popen`; None while it runs; 0 if nobody is left who knows it."""
        if self.returncode is None and self._ended(0):
            self.returncode = self._told()
            self.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended; subprocess.TimeoutExpired after `timeout` seconds."""
        if self.returncode is None and not self._ended(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._watched, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        self._connection.close()
        if self._watched >= 0:
            os.close(self._watched)
            self._watched = -1

    def __enter__(self) -> "Forked":
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()

    def __del__(self) -> None:
        self.close()

    def _ended(self, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(self._watched, select.POLLIN)
        return bool(poll.poll(None if seconds is None else seconds * 1000))

    def _told(self) -> int:
        """The fork server sends the code as soon as it has reaped; a server that is gone sends nothing."""
        self._connection.settimeout(0.5)
        try:
            return int(receive(self._connection)[0]["code"])
        except (OSError, EOFError, ValueError, KeyError):
            return 0


def peer(connection: socket.socket) -> tuple[int, int, int]:
    """Process, user and group at the other end: of a server, those that began to listen."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, gid = struct.unpack("3i", credentials)
    return pid, uid, gid


def fork(
    path: Path,
    asked: Mapping[str, Any],
    places: Mapping[int, int] = {},
    patience: float = 20,
    *,
    server: int = 0,
    outlives_asker: bool = True,
) -> Forked:
    """A process of the fork server at `path`, which may take `patience` seconds to come up; else NotForked.

    `places` says which open files it gets: descriptor there → descriptor here. `server` is the process that must be
    the one that answers, if that is known. What is not to outlive this process ends with it, however that comes about,
    if the fork server enters rooms, which have a keeper to see to it.
    """
    own = [] if outlives_asker else [os.pidfd_open(os.getpid())]
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(patience)
    try:
        with near(path) as address:
            connection.connect(address)
        if server and peer(connection)[0] != server:
            raise OSError("another process listens there")
        send(connection, {**asked, "places": [*places]}, [*places.values(), *own])
        answer, watched = receive(connection)
        return Forked(connection, int(answer["pid"]), watched[0])
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        connection.close()
        raise NotForked(f"the fork server at {path} does not answer: {error or type(error).__name__}") from error
    finally:
        for each in own:
            os.close(each)


@contextmanager
def near(path: Path) -> Iterator[str]:
    """A short name of `path` while the block lasts, since a socket's address has at most 107 characters."""
    folder = os.open(path.parent, os.O_PATH | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
