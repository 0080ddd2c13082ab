"""A member's own server: JupyterHub's, with kernels that are forked where they can be."""

import os
import socket

from jupyter_server.serverapp import ServerApp
from jupyterhub.singleuser.extension import JupyterHubSingleUser

from widgets.provisioner import register

# Names the descriptor of a socket that listens already: who connects while the server starts waits for its answer.
LISTENER = "CHM_LISTENER"


class LearnerServer(ServerApp):
    """A server that takes over the socket it was given; without one it opens its own."""

    _given: socket.socket | None = None

    def _find_http_port(self) -> None:
        if LISTENER in os.environ:
            self._given = socket.socket(fileno=int(os.environ.pop(LISTENER)))
            self._given.setblocking(False)
        else:
            super()._find_http_port()

    def _bind_http_server_tcp(self) -> bool:
        if self._given is None:
            return bool(super()._bind_http_server_tcp())
        self.http_server.add_socket(self._given)
        return True


def main() -> None:
    """Serve until it is told to stop; the Hub says where and for whom in the environment."""
    register()
    JupyterHubSingleUser.serverapp_class = LearnerServer
    JupyterHubSingleUser.launch_instance()
