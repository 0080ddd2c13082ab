"""A kernel that is there before it is asked for: it listens, and waits to be told where and for which notebook.

It is forked where kernels are, with the command and the environment that kernels of this server have, and stops before
it loads extensions and runs startup files; see `widgets.kernels.waiting`. Only a kernel with the very same command and
environment is made of it; nothing that was read from them has to be read again.
"""

import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from widgets.kernels.forking import Forked, NotForked, fork, order, send
from widgets.kernels.provisioner import FORKS, of_room, sacrifice

LAUNCHER, WAITING = "ipykernel_launcher", "widgets.kernels.waiting"
# Where a waiting kernel finds the socket on which it is told in one message that it is wanted, or by its end that not.
PLACE = 3
# The one variable that differs between the kernels of a server: which notebook it is for.
SESSION = "JPY_SESSION_NAME"


class Spare:
    """One waiting kernel; `command` and `env` are what `KernelManager.pre_start_kernel` says of it.

    Raises NotForked where nothing can be forked, and for what is no kernel of this Python.
    """

    kind = "spare"

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: str, forks: Path = FORKS) -> None:
        self._asked = order(of_room([*command]), _common(env), cwd)
        argv: list[str] = self._asked["argv"]
        if LAUNCHER not in argv or "-f" not in argv:
            raise NotForked("it is no kernel of Python's")
        self._file = Path(argv[argv.index("-f") + 1])
        waiting = [argv[0], "-P", *(WAITING if part == LAUNCHER else part for part in argv[1:])]
        self._door: socket.socket | None
        self._door, inside = socket.socketpair()
        with inside:
            self._process = fork(forks, {**self._asked, "argv": waiting}, {PLACE: inside.fileno()})
        sacrifice(self._process.pid)

    def fork(self, asked: Mapping[str, Any]) -> Forked:
        """The kernel, which now begins; NotForked, and it ends, if it is not what is asked for or not there."""
        if self._door is None:
            raise NotForked("it was taken or has ended")
        door, self._door = self._door, None
        with door:
            try:
                if {**self._asked, "cwd": ""} != {**asked, "env": _common(asked["env"]), "cwd": ""}:
                    raise NotForked("another kernel is asked for")
                if self._process.poll() is not None:
                    raise NotForked("it is not there any more")
                session = {name: asked["env"][name] for name in (SESSION,) if name in asked["env"]}
                send(door, {"argv": asked["argv"], "cwd": asked["cwd"], "env": session})
            except OSError as error:
                self._vacate()
                raise NotForked("it does not listen any more") from error
            except NotForked:
                self._vacate()
                raise
        return self._process

    def end(self) -> None:
        """It is not wanted any more; it ends by itself when nobody can tell it anything, as when the server is gone."""
        if self._door:
            self._door.close()
            self._door = None
            self._process.close()

    def _vacate(self) -> None:
        """Leave its addresses to another: it removes no file after this, and none is left that it has made."""
        self._process.kill()
        self._process.wait()
        for address in self._file.parent.glob(f"{self._file.stem}-ipc-*"):
            address.unlink()


def _common(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name != SESSION}
