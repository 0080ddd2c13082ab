"""The loop of a fork server: accepts requests on a Unix socket, forks for each, reaps, and tells exit codes.

It never reads a request. The forked process does, so that nothing of one member's (her token is among it) ever is in
the memory that the next one's process is forked from.
"""

import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

from widgets.kernels.forking import peer, send


class Forks:
    """Serves `listener`. `meanwhile` is called every `pause` seconds, and after each request."""

    def __init__(
        self, listener: socket.socket, meanwhile: Callable[[], None] = lambda: None, pause: float | None = None
    ) -> None:
        self._listener, self._meanwhile, self._pause = listener, meanwhile, pause
        self._asked: dict[int, socket.socket] = {}
        listener.setblocking(False)

    def serve(self, until: int = 0) -> socket.socket:
        """Fork for whoever asks. Returns only in the forked processes, with the request's connection.

        When the child `until` has ended, this process ends with its exit code.
        """
        # A signal that comes between two calls is not missed: it wakes the poll through the pipe.
        wake, rung = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(rung, warn_on_full_buffer=False)
        poll = select.poll()
        for descriptor in (wake, self._listener.fileno()):
            poll.register(descriptor, select.POLLIN)
        while True:
            # First of all, since a child may have ended before we listened for it.
            self._reap(until)
            ready = {descriptor for descriptor, _ in poll.poll(self._pause and self._pause * 1000)}
            if wake in ready:
                with suppress(BlockingIOError):
                    os.read(wake, 4096)
            if self._listener.fileno() in ready and (connection := self._accept()) and self._fork(connection):
                signal.set_wakeup_fd(-1)
                os.close(wake)
                os.close(rung)
                return connection
            self._meanwhile()

    def _accept(self) -> socket.socket | None:
        """The next request, if it is from our own user or from root."""
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return None
        if peer(connection)[1] in {0, os.getuid()}:
            return connection
        connection.close()
        return None

    def _fork(self, connection: socket.socket) -> bool:
        """Whether this is the forked process. A machine that has no room for one leaves the asker to help herself."""
        try:
            pid = os.fork()
        except OSError:
            connection.close()
            return False
        if pid:
            self._asked[pid] = connection
            return False
        self._listener.close()
        for other in self._asked.values():
            other.close()
        self._asked.clear()
        return True

    def _reap(self, until: int) -> None:
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                code = os.waitstatus_to_exitcode(found[1])
                if found[0] == until:
                    os._exit(code if code >= 0 else 128 - code)
                if connection := self._asked.pop(found[0], None):
                    with connection, suppress(OSError):
                        send(connection, {"code": code})
